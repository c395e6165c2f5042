import FleetStore
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import FleetNetwork

extension ServerTests {
  /// TLS, restarts, replicas, clusters and sentinels.
  struct NetworkTests {
    private func store(_ url: String) throws -> ValkeyFleetStore {
      try ValkeyFleetStore(ValkeyAddress(url, from: .environment), logger: Logger(label: "test"), silenceMax: .ample)
    }

    private func untilSynced(_ store: ValkeyFleetStore, _ request: SyncRequest) async throws -> SyncReply.Answer? {
      var request = request
      return try await ServerProcess.until { () async throws(FleetStoreError) in
        // A number that was answered, and whose answer was lost, has no second one.
        defer { request.sequence += 1 }
        return try await store.sync(request, scope: ServerTests.scope, timeout: .seconds(10)).answer
      }
    }

    private func tlsServer(_ names: String) throws -> (ServerProcess, Int, Certificates) {
      let certificates = try Certificates(names)
      let port = try ServerProcess.freePort()
      let server = try ServerProcess([
        "--tls-port", "\(port)", "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
        "--tls-ca-cert-file", certificates.authority, "--tls-auth-clients", "no", "--requirepass", "pw-5f3a",
      ])
      return (server, port, certificates)
    }

    @Test(.enabled(if: Certificates.isPossible, "openssl is not installed"))
    func tlsWithAKnownAuthority() async throws {
      let (server, port, certificates) = try tlsServer("DNS:localhost,IP:127.0.0.1")
      for host in ["localhost", "127.0.0.1"] {
        let store = try store("rediss://:pw-5f3a@\(host):\(port)?ca=\(certificates.authority)")
        #expect(try await untilSynced(store, .sample(host)) != nil)
        store.close()
      }
      server.stop()
    }

    @Test(.enabled(if: Certificates.isPossible, "openssl is not installed"))
    func tlsIsVerified() async throws {
      let (server, port, certificates) = try tlsServer("DNS:other.example")
      // It answers once it runs, if only that a password is missing.
      _ = try? await AdminConnection(server).run("PING")
      let urls = [
        // An unknown authority, another name, another address.
        "rediss://:pw-5f3a@localhost:\(port)", "rediss://:pw-5f3a@localhost:\(port)?ca=\(certificates.authority)",
        "rediss://:pw-5f3a@127.0.0.1:\(port)?ca=\(certificates.authority)",
      ]
      for url in urls {
        let store = try store(url)
        let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a")) }
        #expect(error?.message.contains("TLS") == true && error?.message.contains("5f3a") == false, "\(url)")
        store.close()
      }
      #expect(throws: FleetStoreError.self) { try store("rediss://h?ca=/nonexistent/ca.pem") }
      #expect(throws: FleetStoreError.self) { try store("rediss://h?ca=\(certificates.key)") }
    }

    @Test func tlsAsksForTheHostByName() async throws {
      let hello = Mutex<[UInt8]>([])
      let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(FirstBytes { bytes in hello.withLock { $0 += bytes } })
          }
        }.bind(host: "127.0.0.1", port: 0).get()
      let store = try store("rediss://localhost:\(server.localAddress?.port ?? 0)")
      await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a"), timeout: .seconds(2)) }
      try await settle { hello.withLock { !$0.isEmpty } }
      #expect(String(decoding: hello.withLock { $0 }, as: UTF8.self).contains("localhost"))
      store.close()
      try await server.close().get()
    }

    @Test func aServerThatIsKilledAndComesBack() async throws {
      let first = try ServerProcess()
      let store = try await first.store()
      let before = try await ServerTests.sync(store, .sample("a", 1).asking(1_000))
      first.stop()
      let error = await #expect(throws: FleetStoreError.self) {
        try await ServerTests.sync(store, .sample("a", 2), timeout: .milliseconds(300))
      }
      #expect(error?.isLost == true)
      let second = try ServerProcess(port: first.port)
      let request = SyncRequest.sample("a", 3).owing(1_000).with {
        $0.hintEpoch = before.epoch
        $0.meters[0].hintLevel = 4_321
      }
      let after = try #require(try await untilSynced(store, request))
      #expect(after.epoch > before.epoch && (4_321..<570_000).contains(after.levels[0]))
      second.stop()
    }

    @Test func aReplicaIsLeftAndAPromotedOneAdoptsWhatItLost() async throws {
      let main = try ServerProcess(["--repl-diskless-sync-delay", "0"])
      let admin = AdminConnection(main)
      try await admin.run("PING")
      let replica = try ServerProcess(["--replicaof", "127.0.0.1", "\(main.port)"])
      let replicaAdmin = AdminConnection(replica)
      let store = try await main.store()
      let start = try await ServerTests.sync(store, .sample("a", 1).asking(1_000))
      try await settle {
        try await replicaAdmin.run("EXISTS", "bq1:{\(FleetName.encode(ServerTests.scope.name))}") == .integer(1)
      }
      let other = try await replica.store()
      let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(other, .sample("a", 2)) }
      #expect(error?.isLost == true && error?.message.contains("READONLY") == true)
      // From here on the replica knows nothing more, and the member is granted 100,000 by the main server.
      try await replicaAdmin.run("REPLICAOF", "NO", "ONE")
      let drawn = try await ServerTests.sync(store, .sample("a", 2).owing(1_000).asking(100_000).with { $0.horizon = 2_000 })
      #expect(drawn.delays.count == 1)
      let after = try #require(try await untilSynced(other, .sample("a", 3).owing(101_000)))
      #expect(after.epoch == start.epoch && (469_000..<570_000).contains(after.levels[0]))
    }

    /// Waits for a server's own affairs, at most ``Duration/ample``.
    private func settle(_ isDone: () async throws -> Bool) async throws {
      let end = ContinuousClock.now + .ample
      while try await !isDone() {
        guard ContinuousClock.now < end else { throw FleetStoreError.noAnswer }
        try await Task.sleep(for: .milliseconds(50))
      }
    }

    @Test func aClustersDirectionsAreFollowed() async throws {
      let servers = try (0..<2).map { _ in try ServerProcess(["--cluster-enabled", "yes"]) }
      let admins = servers.map { AdminConnection($0) }
      try await admins[0].run("CLUSTER", "ADDSLOTSRANGE", "0", "8191")
      // Half of a cluster serves nobody.
      let store = try await {
        let store = try self.store(servers[0].url)
        let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a")) }
        #expect(error?.isLost == true && error?.message.contains("CLUSTERDOWN") == true)
        return store
      }()
      try await admins[1].run("CLUSTER", "ADDSLOTSRANGE", "8192", "16383")
      try await admins[0].run("CLUSTER", "MEET", "127.0.0.1", "\(servers[1].port)")
      for admin in admins {
        try await settle {
          let info = try await admin.run("CLUSTER", "INFO").string ?? ""
          return info.contains("cluster_state:ok") && info.contains("cluster_slots_assigned:16384")
            && info.contains("cluster_known_nodes:2")
        }
      }
      let absent = try ServerProcess.freePort()
      let ports = [absent] + servers.map(\.port)
      let several = try self.store("redis://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ","))
      for number in 0..<20 {
        let scope = FleetScope("scope\(number)")
        for (sequence, store) in [(Int64(1), store), (Int64(2), several)] {
          let answer = try await store.sync(.sample("a", sequence).asking(100), scope: scope, timeout: .ample).answer
          #expect(answer?.delays.count == 1)
        }
        #expect(try await store.status(of: scope, timeout: .ample)?.members.count == 1)
      }
      var sizes: [Int64] = []
      for admin in admins { sizes.append(try await admin.run("DBSIZE").integer ?? 0) }
      // Each scope has its state, members and times, all in one slot.
      #expect(sizes.reduce(0, +) == 60 && sizes.allSatisfy { $0 > 0 && $0 % 3 == 0 })
      // A slot on its way asks for a look elsewhere.
      let key = "bq1:{scope-on-its-way}"
      let slot = try #require(try await admins[0].run("CLUSTER", "KEYSLOT", key).integer)
      let (source, target) = slot < 8_192 ? (0, 1) : (1, 0)
      let ids = [
        try #require(try await admins[0].run("CLUSTER", "MYID").string),
        try #require(try await admins[1].run("CLUSTER", "MYID").string),
      ]
      try await admins[target].run("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", ids[source])
      try await admins[source].run("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", ids[target])
      #expect(try await store.status(of: FleetScope("scope-on-its-way"), timeout: .ample) == nil)
      several.close()
      store.close()
    }

    @Test func sentinelsNameTheMainServerAndItsSuccessor() async throws {
      let main = try ServerProcess(["--repl-diskless-sync-delay", "0"])
      try await AdminConnection(main).run("PING")
      let replica = try ServerProcess(["--replicaof", "127.0.0.1", "\(main.port)", "--repl-diskless-sync-delay", "0"])
      let replicaAdmin = AdminConnection(replica)
      try await settle { (try await replicaAdmin.run("INFO", "replication").string ?? "").contains("master_link_status:up") }
      let sentinel = try ServerProcess(
        sentinel: """
          sentinel monitor main 127.0.0.1 \(main.port) 1
          sentinel down-after-milliseconds main 500
          sentinel failover-timeout main 3000
          """)
      let absent = try ServerProcess.freePort()
      let store = try store("redis+sentinel://127.0.0.1:\(absent),127.0.0.1:\(sentinel.port)/main")
      let first = try #require(try await untilSynced(store, .sample("a", 1).asking(1_000)))
      let admin = AdminConnection(sentinel)
      try await settle { (try await admin.run("SENTINEL", "REPLICAS", "main").elements ?? []).count == 1 }
      let unknown = try self.store("redis+sentinel://127.0.0.1:\(sentinel.port)/other")
      let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(unknown, .sample("a")) }
      #expect(error?.message.contains("sentinel") == true)
      unknown.close()
      main.stop()
      let after = try #require(try await untilSynced(store, .sample("a", 50).owing(1_000)))
      #expect(after.now > first.now)
      #expect(try await replicaAdmin.run("ROLE").elements?.first?.string == "master")
      store.close()
    }

    @Test(arguments: [
      ("requirepass spw-5f3a", "sentinel_password=spw-5f3a", "sentinel_password=other-5f3a"),
      (
        "user default off\nuser bq on >spw-5f3a ~* &* +@all", "sentinel_username=bq&sentinel_password=spw-5f3a",
        "sentinel_password=spw-5f3a"
      ),
    ])
    func sentinelsHaveALoginOfTheirOwn(rule: String, right: String, wrong: String) async throws {
      let main = try ServerProcess(["--requirepass", "pw-5f3a"])
      let sentinel = try ServerProcess(
        sentinel: """
          \(rule)
          sentinel monitor main 127.0.0.1 \(main.port) 1
          sentinel auth-pass main pw-5f3a
          """)
      let address = "redis+sentinel://:pw-5f3a@127.0.0.1:\(sentinel.port)/main"
      let store = try store("\(address)?\(right)")
      #expect(try await untilSynced(store, .sample("a", 1)) != nil)
      store.close()
      for options in ["", "?\(wrong)"] {
        let other = try self.store(address + options)
        let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(other, .sample("b")) }
        #expect(error?.code == .credentials && error?.message.contains("sentinel_password") == true)
        #expect(error?.message.contains("5f3a") == false)
        other.close()
      }
    }
  }
}

/// Hands on what arrives.
private final class FirstBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let take: ([UInt8]) -> Void

  init(_ take: @escaping ([UInt8]) -> Void) { self.take = take }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    take(Array(unwrapInboundIn(data).readableBytesView))
    context.close(promise: nil)
  }
}
