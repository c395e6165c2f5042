import AWSWire

extension CloudWatchInput {
  /// A name for the listing that a page token continues: the operation and a hash of its input.
  /// - Parameter names: members that may differ between the pages of one listing.
  func listing(_ operation: String, without names: Set<String>) -> String {
    let kept = JSONValue.object((value.members ?? []).filter { !names.contains($0.name) })
    var bytes: [UInt8] = []
    kept.write(to: &bytes)
    var hash = FNV1a()
    hash.add(bytes)
    return "\(operation)/\(String(hash.value, radix: 16))"
  }
}
