package import FleetStore
import Foundation

/// The address of a Redis or Valkey store, as a URL.
///
/// | URL | means |
/// |---|---|
/// | `redis://HOST:PORT/DATABASE`, `valkey://…` | a server, or any node of a cluster |
/// | `redis://HOST:PORT,HOST:PORT` | several nodes of a cluster, of which the first that answers is used |
/// | `rediss://…`, `valkeys://…` | the same with TLS |
/// | `redis+sentinel://HOST:PORT,HOST:PORT/NAME/DATABASE`, `rediss+sentinel://…` | the main server that sentinels know by NAME |
///
/// `USER:PASSWORD@` before the host logs in. `?prefix=TEXT` begins the keys, and `?ca=FILE` names the authorities (PEM) that are
/// trusted instead of the system's. `rediss://USER@HOST:PORT/?iam=CACHE&region=us-east-1` logs in to ElastiCache or MemoryDB by IAM;
/// `&service=serverless` or `&service=memorydb` says what the cache is if the host's name isn't AWS's own. Sentinels get
/// `?sentinel_username=USER&sentinel_password=PASSWORD`, and never the servers' password.
package struct ValkeyAddress: Sendable, Equatable {
  /// Where the URL comes from.
  package enum Origin: Sendable, Equatable {
    /// Arguments and configuration files are seen by others, so they may hold no password.
    case argument
    /// The environment, or a file for a secret.
    case environment
  }

  let servers: RESPAddress
  let usesTLS: Bool
  let user: String?
  let password: Secret?
  /// The cache of AWS whose user logs in by IAM; nil for one who has a password, or none.
  let cache: IAMCache?
  let database: Int
  /// The beginning of the keys; may be empty.
  package let prefix: String
  /// The file of the authorities that are trusted; nil for the system's.
  package let trustedFile: String?

  /// - Throws: `FleetStoreError` (`configuration`), whose message holds nothing of the URL but names of options.
  package init(_ url: String, from origin: Origin) throws(FleetStoreError) {
    guard let colon = url.firstRange(of: "://") else { throw .address("has no scheme; it begins with redis:// or rediss://") }
    let scheme = url[..<colon.lowerBound].lowercased()
    guard let (usesTLS, asksSentinels) = Self.schemes[scheme] else {
      throw .address("has an unknown scheme; use redis://, rediss://, redis+sentinel:// or rediss+sentinel://")
    }
    self.usesTLS = usesTLS
    var rest = url[colon.upperBound...]
    let query = rest.cut(at: "?")
    let path = rest.cut(at: "/") ?? ""
    let at = rest.lastIndex(of: "@")
    let login = at.map { rest[..<$0] }
    let hosts = at.map { rest[rest.index(after: $0)...] } ?? rest
    let options = try ValkeyOptions(query)
    if let cacheName = options.cacheName {
      guard usesTLS else { throw .address("has iam without TLS, which AWS demands; begin it with rediss://") }
      guard !asksSentinels else { throw .address("has iam, but AWS's caches have no sentinels; write rediss://USER@HOST:6379") }
      let user = try Self.userWithoutPassword(login)
      let service = options.service ?? IAMCache.Service(host: String(hosts))
      cache = IAMCache(name: cacheName, service: service, user: user, region: options.region)
      self.user = user
      password = nil
    } else {
      cache = nil
      (user, password) = try Self.login(login)
    }
    if password != nil || options.sentinelPassword != nil, origin == .argument {
      throw .address(
        "holds a password, which others would see; put the address into an environment variable")
    }
    guard asksSentinels || options.sentinelPassword == nil else {
      throw .address("has a sentinel_password without sentinels; remove it, or begin the address with redis+sentinel://")
    }
    var parts = path.split(separator: "/", omittingEmptySubsequences: true)
    var name: String?
    if asksSentinels {
      guard !parts.isEmpty, let decoded = parts.removeFirst().decoded else {
        throw .address(
          "lacks the name that the sentinels know the servers by; it follows the hosts as in redis+sentinel://HOST:26379/NAME")
      }
      name = decoded
    }
    guard parts.count <= 1, let database = parts.first.map({ Int($0) }) ?? 0, 0...1_000_000 ~= database else {
      throw .address("has a path that is no database number; write it as in redis://HOST:6379/0")
    }
    self.database = database
    let endpoints = try hosts.split(separator: ",", omittingEmptySubsequences: false).map { text throws(FleetStoreError) in
      try Self.endpoint(text, port: asksSentinels ? 26_379 : 6_379)
    }
    servers = RESPAddress(
      endpoints: endpoints, sentinelName: name, sentinelUser: options.sentinelUser,
      sentinelPassword: options.sentinelPassword)
    (prefix, trustedFile) = (options.prefix, options.trustedFile)
  }

  private static let schemes: [String: (Bool, Bool)] = [
    "redis": (false, false), "valkey": (false, false), "rediss": (true, false), "valkeys": (true, false),
    "redis+sentinel": (false, true), "valkey+sentinel": (false, true), "rediss+sentinel": (true, true),
    "valkeys+sentinel": (true, true),
  ]

  private static func login(_ text: Substring?) throws(FleetStoreError) -> (String?, Secret?) {
    guard var user = text else { return (nil, nil) }
    guard let password = user.cut(at: ":")?.decoded, !password.isEmpty, let name = user.decoded else {
      throw .address("has a user without a password; write USER:PASSWORD@, with %XX for characters that a URL can't hold")
    }
    return (name.isEmpty ? nil : name, Secret(password))
  }

  /// The user of IAM, who must be named.
  private static func userWithoutPassword(_ text: Substring?) throws(FleetStoreError) -> String {
    guard let text, !text.contains(":"), let user = text.decoded, !user.isEmpty else {
      throw .address("needs a user without a password beside iam, which makes the password; write rediss://USER@HOST:6379")
    }
    return user
  }

  private static func endpoint(_ text: Substring, port standard: Int) throws(FleetStoreError) -> RESPEndpoint {
    var host = text
    var port: Int? = standard
    if let bracket = text.lastIndex(of: "]"), text.first == "[" {
      host = text[text.index(after: text.startIndex)..<bracket]
      let rest = text[text.index(after: bracket)...]
      if !rest.isEmpty { port = rest.first == ":" ? Int(rest.dropFirst()) : nil }
    } else if let number = host.cut(at: ":") {
      port = Int(number)
    }
    guard !host.isEmpty, host.utf8.allSatisfy({ 33...126 ~= $0 }), host.utf8.count <= 255, let port, 1...65_535 ~= port else {
      throw .address("has no proper host; write it as in redis://HOST:6379, with brackets around an IPv6 address")
    }
    return RESPEndpoint(host: String(host), port: port)
  }
}

extension ValkeyAddress: CustomStringConvertible {
  /// The address without user, password and options.
  package var description: String {
    let scheme = (usesTLS ? "rediss" : "redis") + (servers.sentinelName == nil ? "" : "+sentinel")
    let path = (servers.sentinelName.map { "/\($0)" } ?? "") + (database == 0 ? "" : "/\(database)")
    return "\(scheme)://\(servers.endpoints.map(\.description).joined(separator: ","))\(path)"
  }
}
