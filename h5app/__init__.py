"""h5app: from a scanned code to the packaged mail, for the selection of 最美新就业形态劳动者."""
