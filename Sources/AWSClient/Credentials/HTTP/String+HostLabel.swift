extension String {
  /// Whether the text may become part of a host name, as the name of a Region does: lower-case letters, digits and hyphens.
  var isHostLabel: Bool {
    !isEmpty && utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
  }
}
