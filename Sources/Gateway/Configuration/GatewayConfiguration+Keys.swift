import Yams

extension GatewayConfiguration {
  mutating func readKeys(_ node: Node, _ reader: inout ConfigurationReader, _ secrets: SecretSource) {
    let entries = reader.entries(node, "keys")
    if entries.count > Self.keysMax {
      return reader.report(node, "keys has \(entries.count) keys; at most \(Self.keysMax) are read")
    }
    var owners: [String: String] = [:]
    for (name, label, value) in entries {
      guard CallerKey.isName(name) else {
        reader.report(
          label,
          "a key can't be called '\(name.prefix(60))'; use \(CallerKey.nameForm)")
        continue
      }
      guard let key = readKey(name, value, &reader, secrets) else { continue }
      // Two keys that look alike would make one caller of two.
      for mark in key.marks(master: master) {
        if let owner = owners.updateValue(name, forKey: mark), owner != name {
          reader.report(label, "keys.\(name) has the same secret or access key id as keys.\(owner); change one")
        }
      }
      keys.append(key)
    }
  }

  private mutating func readKey(
    _ name: String, _ node: Node, _ reader: inout ConfigurationReader, _ secrets: SecretSource
  ) -> CallerKey? {
    let path = "keys.\(name)"
    let members = reader.members(
      node, path,
      known: [
        "secret", "sha256", "serial", "share", "priority", "max_wait", "models", "tokens_per_day", "requests_per_day", "max_body",
      ])
    let proof = readProof(members, node, path, &reader, secrets)
    var key = CallerKey(name: name, proof: proof ?? .derived(serials: []))
    if let share = reader.value(
      members["share"], "\(path).share", "a number from 0.01 to 1000, such as 3",
      { ConfigurationValue.number($0, in: 0.01...1_000) })
    {
      key.share = share
    }
    if let priority = reader.value(
      members["priority"], "\(path).priority", "high, normal or low", CallerPriority.init(rawValue:))
    {
      key.priority = priority
    }
    key.waitMax = reader.duration(members["max_wait"], "\(path).max_wait")
    key.bodyBytesMax = reader.size(members["max_body"], "\(path).max_body")
    checkBounds(of: key, members, path, &reader)
    key.budget.tokensPerDay = reader.count(members["tokens_per_day"], "\(path).tokens_per_day").map { Int64($0) }
    key.budget.requestsPerDay = reader.count(members["requests_per_day"], "\(path).requests_per_day").map { Int64($0) }
    let patterns = reader.list(members["models"], "\(path).models")
    if patterns.count > 1_000 { reader.report(members["models"], "\(path).models has more than 1000 patterns") }
    key.models = patterns.prefix(1_000).compactMap { node in
      reader.value(node, "\(path).models", "a model id, with * for any text, such as us.amazon.*", ModelPattern.init)
    }
    return proof == nil ? nil : key
  }

  /// What all requests may take bounds those of a key too, so a key that names more would promise what it can't keep.
  private func checkBounds(
    of key: CallerKey, _ members: [String: Node], _ path: String, _ reader: inout ConfigurationReader
  ) {
    if let wait = key.waitMax, wait >= limits.timeMax {
      reader.report(
        members["max_wait"],
        "\(path).max_wait must be shorter than limits.time, which is all the time of a request; lower it, or raise limits.time")
    }
    if let bytes = key.bodyBytesMax, bytes > limits.bodyBytesMax {
      reader.report(
        members["max_body"],
        "\(path).max_body is above limits.body, the longest body that the gateway takes; lower it, or raise limits.body")
    }
  }

  private mutating func readProof(
    _ members: [String: Node], _ node: Node, _ path: String, _ reader: inout ConfigurationReader, _ secrets: SecretSource
  ) -> CallerKey.Proof? {
    let ways = ["secret", "sha256", "serial"].filter { members[$0] != nil }
    guard ways.count < 2 else {
      reader.report(members[ways[1]], "\(path) has \(ways.joined(separator: " and ")); a key has one of them")
      return nil
    }
    switch ways.first {
    case "secret":
      return reader.secret(members["secret"], "\(path).secret", secrets, &secretFiles).map { .secret($0) }
    case "sha256":
      guard let text = reader.text(members["sha256"], "\(path).sha256") else { return nil }
      // What isn't a hash may be the secret itself, which no message repeats.
      guard let hash = Self.hash(text) else {
        reader.report(members["sha256"], "\(path).sha256 must be the SHA-256 of the bearer token, 64 hexadecimal digits")
        return nil
      }
      return .hash(hash)
    default:
      let serials = members["serial"].map { serial in
        reader.list(serial, "\(path).serial").prefix(10).compactMap { node in
          reader.value(node, "\(path).serial", "a whole number from 1 to 9999") {
            ConfigurationValue.count($0).flatMap { (1...9_999).contains($0) ? $0 : nil }
          }
        }
      }
      guard master != nil else {
        reader.report(
          node, "\(path) has no secret: write secret or sha256, or set master, from which the secrets of such keys are derived")
        return nil
      }
      return serials == [] ? nil : .derived(serials: serials ?? [1])
    }
  }

  private static func hash(_ text: String) -> [UInt8]? {
    guard text.utf8.count == 64 else { return nil }
    let digits = text.utf8.map { UInt8(Character(UnicodeScalar($0)).hexDigitValue ?? 16) }
    guard digits.allSatisfy({ $0 < 16 }) else { return nil }
    return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension CallerKey {
  /// What no two keys may share: what a caller sends, and the access key ids by which a signature is looked up.
  fileprivate func marks(master: Secret?) -> [String] {
    switch proof {
    case .hash(let hash): ["token \(Callers.digest(hash))"]
    case .secret, .derived:
      pairs(master: master).flatMap { pair in
        ["id \(pair.accessKeyID)", "token \(Callers.digest(ofToken: pair.secret))"]
      } + ["id \(name)"]
    }
  }
}
