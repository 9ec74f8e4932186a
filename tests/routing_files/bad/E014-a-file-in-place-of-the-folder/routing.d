owner: Highways
