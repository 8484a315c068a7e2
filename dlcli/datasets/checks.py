def check(data, name):
    pass
