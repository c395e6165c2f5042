import AWSWire

/// Binds a page token to the request that it continues.
enum StableHash {
  static func of(_ value: JSONValue, without names: Set<String>) -> String {
    let kept = JSONValue.object((value.members ?? []).filter { !names.contains($0.name) })
    var bytes: [UInt8] = []
    kept.write(to: &bytes)
    var hash = FNV1a()
    hash.add(bytes)
    return String(hash.value, radix: 16)
  }
}
