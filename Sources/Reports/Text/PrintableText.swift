extension String {
  /// One line without control characters. Names and messages come from a server: a character that could control a terminal or
  /// begin a new line becomes a blank.
  package var printable: String {
    guard unicodeScalars.contains(where: Self.isControl) else { return self }
    var out = String.UnicodeScalarView()
    for scalar in unicodeScalars { out.append(Self.isControl(scalar) ? " " : scalar) }
    return String(out)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 || (127...159).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }
}
