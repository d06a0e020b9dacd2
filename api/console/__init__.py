"""What the commands of ``homeward`` do. One module per command or pair; imported only when it runs."""
