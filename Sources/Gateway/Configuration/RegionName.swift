/// Whether a text can be the name of a Region. It becomes a part of the host that is called, so nothing else may pass.
package enum RegionName {
  /// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: words of lower-case letters, and a number of one or two digits.
  package static func isValid(_ text: some StringProtocol) -> Bool {
    guard text.utf8.count <= 32 else { return false }
    let words = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard (3...5).contains(words.count), let number = words.last, (1...2).contains(number.count),
      number.allSatisfy({ (48...57).contains($0) })
    else { return false }
    return words.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy { (97...122).contains($0) } }
  }
}
