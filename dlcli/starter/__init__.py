"""What `dlcli init` writes: a commented spec to begin with."""
