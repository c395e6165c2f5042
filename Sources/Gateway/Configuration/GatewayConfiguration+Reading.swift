import AWSWire
import Yams

extension GatewayConfiguration {
  /// The environment variable of the master secret, for a file that doesn't name another place.
  package static let masterVariable = "BEDQUOTA_GATEWAY_MASTER"
  static let keysMax = 10_000

  /// Reads a file and the secrets that it refers to.
  /// - Parameter listen: an address that counts instead of the file's.
  /// - Throws: every problem of the file.
  package init(file: String, listen: ListenAddress? = nil, secrets: SecretSource) throws(ConfigurationProblems) {
    try self.init(yaml: ConfigurationDocument.text(of: file), file: file, listen: listen, secrets: secrets)
  }

  /// The configuration of a gateway without a file.
  package init(listen: ListenAddress?, secrets: SecretSource) throws(ConfigurationProblems) {
    try self.init(yaml: "", file: "no configuration file", listen: listen, secrets: secrets)
  }

  /// - Parameter file: the name of the file, for messages.
  package init(
    yaml: String, file: String, listen: ListenAddress? = nil, secrets: SecretSource
  ) throws(ConfigurationProblems) {
    self.init()
    let root = try ConfigurationDocument.parse(yaml, file: file)
    var reader = ConfigurationReader()
    // A file without values still has the secrets of the environment.
    read(root ?? .mapping(Node.Mapping([])), &reader, listen: listen, secrets)
    guard reader.problems.isEmpty else {
      let problems = reader.problems.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      throw ConfigurationProblems(file: file, problems: problems.map(\.element), secretFiles: secretFiles)
    }
  }

  private mutating func read(
    _ root: Node, _ reader: inout ConfigurationReader, listen address: ListenAddress?, _ secrets: SecretSource
  ) {
    let members = reader.members(
      root, "",
      known: [
        "listen", "tls", "admin", "accounts", "models", "master", "keys", "pass_through", "queue", "drain", "drain_delay",
        "quota_share", "fleet", "plain_keepalive", "access_log", "limits",
      ])
    set(&listen, reader.address(members["listen"], "listen"))
    set(&listen, address)
    if let node = members["tls"] { readTLS(node, &reader) }
    if let node = members["admin"] { readAdmin(node, &reader, secrets) }
    accounts = reader.accounts(members["accounts"])
    if let node = members["models"] { models = reader.models(node, accounts: accounts) }
    if let node = members["limits"] {
      let members = reader.members(node, "limits", known: ["body", "requests", "time"])
      set(&limits.bodyBytesMax, reader.size(members["body"], "limits.body"))
      set(&limits.requestsMax, reader.count(members["requests"], "limits.requests"))
      set(&limits.timeMax, reader.duration(members["time"], "limits.time"))
    }
    readMaster(members["master"], &reader, secrets)
    if let node = members["keys"] { readKeys(node, &reader, secrets) }
    passThrough = reader.flag(members["pass_through"], "pass_through")
    if let node = members["queue"] {
      let members = reader.members(node, "queue", known: ["max_wait", "bytes", "requests"])
      set(&queue.waitMax, reader.duration(members["max_wait"], "queue.max_wait"))
      set(&queue.bytesMax, reader.size(members["bytes"], "queue.bytes"))
      set(&queue.requestsMax, reader.count(members["requests"], "queue.requests"))
    }
    set(&drain, reader.duration(members["drain"], "drain"))
    set(&drainDelay, reader.duration(members["drain_delay"], "drain_delay"))
    set(
      &quotaShare,
      reader.value(members["quota_share"], "quota_share", "a number from 0.01 to 1, such as 0.5") {
        ConfigurationValue.number($0, in: 0.01...1)
      })
    if let node = members["fleet"] { fleet = reader.fleet(node, secrets, &secretFiles) }
    set(
      &plainKeepAlive,
      reader.value(members["plain_keepalive"], "plain_keepalive", "silent or spaces", PlainKeepAlive.init(rawValue:)))
    set(&accessLog, reader.accessLog(members["access_log"]))
    checkTogether(members, &reader)
    checkIsThere(members, &reader)
  }

  /// What a gateway doesn't do yet is refused: a setting without effect would be worse.
  private func checkIsThere(_ members: [String: Node], _ reader: inout ConfigurationReader) {
    if plainKeepAlive == .spaces {
      reader.report(members["plain_keepalive"], "plain_keepalive: spaces is not there yet; leave it at silent")
    }
  }

  private func set<Value>(_ value: inout Value, _ new: Value?) { if let new { value = new } }

  private mutating func readTLS(_ node: Node, _ reader: inout ConfigurationReader) {
    let members = reader.members(node, "tls", known: ["cert", "key"])
    let certificate = reader.text(members["cert"], "tls.cert")
    let key = reader.text(members["key"], "tls.key")
    for name in ["cert", "key"] where members[name] == nil {
      reader.report(node, "tls needs \(name), the path of a PEM file")
    }
    if let certificate, let key { tls = TLS(certificate: certificate, key: key) }
  }

  private mutating func readAdmin(_ node: Node, _ reader: inout ConfigurationReader, _ secrets: SecretSource) {
    let members = reader.members(node, "admin", known: ["listen", "secret"])
    admin.listen = reader.address(members["listen"], "admin.listen")
    admin.secret = reader.secret(members["secret"], "admin.secret", secrets, &secretFiles)
    if let address = admin.listen, !address.isLoopback, members["secret"] == nil {
      reader.report(
        members["listen"],
        "admin.listen \(address) can be reached from other machines, so admin needs a secret; or listen on 127.0.0.1")
    }
  }

  /// The master secret: of the file, or else of the environment.
  private mutating func readMaster(_ node: Node?, _ reader: inout ConfigurationReader, _ secrets: SecretSource) {
    if node != nil {
      master = reader.secret(node, "master", secrets, &secretFiles)
    } else if secrets.hasVariable(Self.masterVariable) {
      do throws(SecretSource.Problem) {
        master = try secrets.variable(Self.masterVariable)
      } catch {
        reader.report(nil, "master: \(error.text)")
      }
    }
    if let master, master.text.utf8.count < DerivedKey.masterLengthMin {
      reader.report(
        node,
        "master has fewer than \(DerivedKey.masterLengthMin) characters and could be guessed; make one: openssl rand -base64 32")
    }
  }

  /// Problems that no single key has.
  private func checkTogether(_ members: [String: Node], _ reader: inout ConfigurationReader) {
    if members["keys"] == nil || (keys.isEmpty && reader.problems.isEmpty), !listen.isLoopback {
      reader.report(
        members["listen"],
        "listen \(listen) can be reached from other machines, so keys must name who may use the gateway; or listen on 127.0.0.1")
    }
    if members["master"] != nil, members["keys"] == nil {
      reader.report(members["master"], "master derives the secrets of keys, and there are none; name them under keys")
    }
    if limits.timeMax <= queue.waitMax {
      reader.report(
        members["limits"] ?? members["queue"],
        "limits.time is all the time of a request, so it must be longer than queue.max_wait; raise it, or lower queue.max_wait")
    }
    if let own = admin.listen, own == listen, own.port != 0 {
      reader.report(members["admin"], "admin.listen is the address of the gateway; name another port, or leave it out")
    }
  }
}
