struct LineTooLong: Error {}
