import FleetStore
import Testing

@testable import FleetNetwork

extension ServerTests {
  /// The script as a server runs it, with arguments and stored values that no member of ours has.
  struct ScriptTests {
    private let keys = FleetKeys(ServerTests.scope, prefix: "")

    private func run(_ admin: AdminConnection, _ arguments: [String]) async throws -> RESPValue {
      try await admin.run(["EVAL", SyncScript.source, "5"] + keys.all + arguments)
    }

    private var good: [String] {
      SyncRequest.sample("a", 1, [.tokens, .places]).asking(100).with {
        $0.isStrict = true
        $0.credits = [SyncRequest.Credit(slot: 1, units: 1)]
      }.arguments(name: "a")
    }

    @Test func argumentsThatAreNoneWriteNothing() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let words = ["", "x", "1.5", "1e3", "0x10", " 1", "1 ", "nan", "inf", "--1", "99999999999999999999999", "١"]
      for index in good.indices where index != 1 {
        for word in words where !(index == 0 && word == "") {
          var arguments = good
          arguments[index] = word
          let reply = try await run(admin, arguments)
          guard case .error(let text) = reply, text.hasPrefix("BEDQUOTA arguments \(index + 1)") else {
            Issue.record("argument \(index + 1) as \(word): \(reply)")
            return
          }
        }
      }
      for count in 0..<good.count {
        guard case .error(let text) = try await run(admin, Array(good.prefix(count))), text.hasPrefix("BEDQUOTA arguments") else {
          Issue.record("\(count) arguments")
          return
        }
      }
      // Too many, too few or too large parts.
      for (index, word) in [
        (7, "9"), (7, "0"), (7, "-1"), (8, "3"), (8, "-1"), (25, "1001"), (25, "-1"), (28, "65"),
        (1, String(repeating: "x", count: 201)),
      ] {
        var arguments = good
        arguments[index] = word
        guard case .error(let text) = try await run(admin, arguments), text.hasPrefix("BEDQUOTA arguments") else {
          Issue.record("argument \(index + 1) as \(word)")
          return
        }
      }
      guard case .error = try await run(admin, good + ["1"]) else {
        Issue.record("one argument too many")
        return
      }
      #expect(try await admin.run("DBSIZE") == .integer(0))
      #expect(try await run(admin, good).elements?.count == 13)
    }

    private static let damagedStates = [
      "", " ", "1", "x", "1 1 1 0 0 0 0 0", "1 1 1 0 0 0 0 0 0", "1 1 1 0 0 0 0 0 0 1 1 1 1 0 0 0 x 0",
      "1 1 1 0 0 0 0 0 3 1 1 1 1 0 0 0 0 0",
      "1 1 1 0 0 0 0 0 0 1 1 1 1.5 0 0 0 0 0", "1 1 1 0 0 0 0 0 0 -1 1 1 1 0 0 0 0 0",
      "1 1 1 0 0 0 0 0 0 1 1 1 9007199254740993 0 0 0 0 0",
      "1 1 1 0 0 0 0 0 0 1 1 1 1 60000000 0 0 0 0", "1 1 1 0 0 0 0 0 0 1 1 1 nan 0 0 0 0 0",
      "1 1 1 0 0 0 0 0 0 1 1 1 - 0 0 0 0 0",
      "1 1 1 0 0 0 0 0 0 1 1 1 1-1 0 0 0 0 0", "1\n1", String(repeating: "1 ", count: 3_000),
      "0 1 1 0 0 0 0 0 0 1 1 1 1 0 0 0 0 0",
      "2 1", "18446744073709551616 1",
    ]

    @Test func aDamagedStateIsRefusedAndKept() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      for text in Self.damagedStates {
        try await admin.run("HSET", keys.state, "s", text)
        let before = try await admin.dump(keys)
        for request in [SyncRequest.sample("a").asking(100), .sample("a").with { $0.isLeaving = true }] {
          let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, request) }
          #expect([.corrupt, .protocolVersion].contains(error?.code) && error?.isLost == false, "\(text)")
        }
        let error = await #expect(throws: FleetStoreError.self) {
          try await store.status(of: ServerTests.scope, timeout: .ample)
        }
        #expect([.corrupt, .protocolVersion].contains(error?.code), "\(text)")
        #expect(try await admin.dump(keys) == before)
      }
      // A hash without the field is damaged, too.
      try await admin.run("HDEL", keys.state, "s")
      try await admin.run("HSET", keys.state, "t", "1")
      #expect(await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a")) }?.code == .corrupt)
    }

    @Test func aDamagedRecordIsRefused() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      _ = try await ServerTests.sync(store, .sample("a").asking(1_000, 400_000))
      let record = try #require(try await admin.run("HGET", keys.members, "a").string)
      for text in [
        "", "1", record + " 1", record + "x", record.replacing(" ", with: "  x"), record.replacing("1000", with: "1000.5"),
        "9" + String(repeating: "9", count: 30),
      ] {
        try await admin.run("HSET", keys.members, "a", text)
        let before = try await admin.dump(keys)
        // As its own record, and as that of the member in front.
        for request in [SyncRequest.sample("a", 2), .sample("b").asking(100)] {
          let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, request) }
          #expect(error?.code == .corrupt && error?.message.contains("member a") == true, "\(text)")
        }
        #expect(try await admin.dump(keys) == before)
      }
      try await admin.run("HSET", keys.members, "a", record)
      _ = try await ServerTests.sync(store, .sample("b").asking(100))
    }

    @Test func keysOfOtherTypesAreRefusedAndKept() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      let request = SyncRequest.sample("a", 2).asking(100).with { $0.isStrict = true }
      for key in keys.all {
        _ = try await store.reset(ServerTests.scope, timeout: .ample)
        _ = try await ServerTests.sync(store, request.with { $0.sequence = 1 })
        try await admin.run("SET", key, "text")
        let before = try await admin.dump(keys)
        let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, request) }
        #expect(error?.code == .corrupt, "\(key)")
        #expect(try await admin.dump(keys) == before, "\(key)")
      }
    }

    @Test func aDamagedQueueOrWindowIsRefused() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      let request = SyncRequest.sample("a").asking(1_000, 400_000).with { $0.isStrict = true }
      for score in ["1.5", "-1", "inf", "1e300"] {
        _ = try await store.reset(ServerTests.scope, timeout: .ample)
        _ = try await ServerTests.sync(store, request)
        try await admin.run("ZADD", keys.queue, score, "a")
        #expect(
          await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, request.with { $0.sequence = 2 }) }?
            .code == .corrupt)
      }
      for text in ["x", "1.5", "99999999999999999999999", ""] {
        _ = try await store.reset(ServerTests.scope, timeout: .ample)
        let slot = try await ServerTests.sync(store, request.with { $0.bundles = [] }).slot
        for offset in -602...30 { try await admin.run("HSET", keys.window, "\(Int(slot) + offset)", text) }
        #expect(
          await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, request.with { $0.sequence = 2 }) }?
            .code == .corrupt)
      }
    }

    @Test func aServerWithoutMemoryLosesTheOperationAndChangesNothing() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      let request = SyncRequest.sample("a").asking(1_000, 400_000).with { $0.isStrict = true }
      _ = try await ServerTests.sync(store, request)
      let before = try await admin.dump(keys)
      try await admin.run("CONFIG", "SET", "maxmemory", "1")
      for sequence: Int64 in 2...3 {
        let error = await #expect(throws: FleetStoreError.self) {
          try await ServerTests.sync(store, request.with { $0.sequence = sequence })
        }
        #expect(error?.isLost == true && error?.message.contains("OOM") == true)
      }
      try await admin.run("CONFIG", "SET", "maxmemory", "0")
      #expect(try await admin.dump(keys) == before)
      _ = try await ServerTests.sync(store, request.with { $0.sequence = 4 })
    }

    @Test func everyKeyExpires() async throws {
      let server = try ServerProcess()
      let store = try await server.store()
      var owed: Int64 = 0
      // The queue and the window begin with later syncs.
      for sequence: Int64 in 1...5 {
        let request = SyncRequest.sample("a", sequence).owing(owed).with { $0.isStrict = sequence > 2 }
        let answer = try await ServerTests.sync(store, sequence > 2 ? request.asking(1_000, 400_000) : request)
        owed += Int64(answer.delays.count) * 1_000
        #expect(try await store.lifetimes(of: ServerTests.scope).allSatisfy { $0 == -2 || 172_000...172_800 ~= $0 })
      }
      #expect(try await store.lifetimes(of: ServerTests.scope).allSatisfy { $0 > 0 })
    }
  }
}
