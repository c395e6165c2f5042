package import AWSClient
package import FleetStore
package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A store in Redis or Valkey: one connection for all scopes of a process, or one to each node of a cluster.
///
/// The operation is a script that the server runs as a whole. Servers that cache no scripts get its text with every call, and
/// servers that take no scripts from users need the function that an administrator loads (``SyncScript/library``).
package final class ValkeyFleetStore: FleetStore {
  let client: RESPClient
  let prefix: String
  private let logger: Logger
  private let form = Mutex(ScriptForm.digest)

  /// Opens no connection yet.
  /// - Parameters:
  ///   - signer: signs the logins of an address whose user logs in by IAM, in the cache's Region. Without it, such a store refuses.
  ///   - silenceMax: how long a server may take for a connection with TLS and login, or send nothing while commands wait; a caller
  ///     may wait shorter.
  /// - Throws: `FleetStoreError` (`configuration`) if the file of trusted authorities can't be used.
  package init(
    _ address: ValkeyAddress, signer: AWSClient? = nil, logger: Logger, silenceMax: Duration = .seconds(2),
    loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
  ) throws(FleetStoreError) {
    var login = RESPConnector.Login(user: address.user, password: address.password, database: address.database)
    if let cache = address.cache, let signer { login.tokens = IAMTokens(cache, client: signer) }
    let connector = RESPConnector(
      loop: loop, tls: address.usesTLS ? try Self.tls(trusting: address.trustedFile) : nil, login: login, timeout: silenceMax,
      logger: logger)
    client = RESPClient(address.servers, connector: connector, logger: logger)
    prefix = address.prefix
    self.logger = logger
  }

  private static func tls(trusting file: String?) throws(FleetStoreError) -> NIOSSLContext {
    do {
      var configuration = TLSConfiguration.makeClientConfiguration()
      if let file { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file)) }
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw FleetStoreError(
        .configuration,
        "The file of ?ca= in the address of the fleet's store holds no certificates in PEM form that can be read; name another one."
      )
    }
  }

  package func sync(
    _ request: SyncRequest, scope: FleetScope, timeout: Duration
  ) async throws(FleetStoreError) -> SyncReply {
    let checked = try request.bounded()
    let reply = try await run(checked.arguments(name: checked.member), keys(scope), timeout)
    return try SyncReply(reply, meters: checked.meters.count, bundles: checked.bundles.count)
  }

  func keys(_ scope: FleetScope) -> FleetKeys { FleetKeys(scope, prefix: prefix) }

  /// Runs the script in the form that the server takes, and remembers the form.
  func run(_ arguments: [String], _ keys: FleetKeys, _ timeout: Duration) async throws(FleetStoreError) -> RESPValue {
    let end = ContinuousClock.now + timeout
    let known = form.withLock { $0 }
    var refusals: [String] = []
    for form in known.following {
      let left = end - ContinuousClock.now
      guard left > .zero else { throw .noAnswer }
      let words = form.words + ["\(keys.all.count)"] + keys.all + arguments
      let reply = try await client.send(words, key: keys.state, timeout: left)
      guard case .error(let text) = reply else {
        // EVAL caches the script, so the digest is worth trying next time unless it is forbidden itself.
        if form != .source || !refusals.isEmpty { remember(form) }
        return reply
      }
      switch RESPErrorReply(text) {
      case .noScript: continue
      case .forbidden(let line): refusals.append(line)
      case .refusal(let line): throw .refusal(line)
      case let other: throw .reply(other)
      }
    }
    throw FleetStoreError(
      .scripts,
      """
      The fleet's store runs no scripts for this user (\(refusals.last ?? "it caches none")); allow EVAL and EVALSHA, or load the \
      function \(SyncScript.function) and allow FCALL.
      """)
  }

  private func remember(_ new: ScriptForm) {
    let isNew = form.withLock { form in
      defer { form = new }
      return form != new
    }
    if isNew { logger.notice("the fleet's store takes scripts in another form", metadata: ["form": "\(new)"]) }
  }

  /// Sends a command for the scope's keys.
  func command(_ words: [String], _ keys: FleetKeys, _ timeout: Duration) async throws(FleetStoreError) -> RESPValue {
    let reply = try await client.send(words, key: keys.state, timeout: timeout)
    guard case .error(let text) = reply else { return reply }
    throw .reply(RESPErrorReply(text))
  }

  /// Ends the connections. Operations under way count as lost.
  package func close() { client.close() }
}
