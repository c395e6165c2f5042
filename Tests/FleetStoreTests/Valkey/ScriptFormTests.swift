import FleetStore
import Logging
import Testing

@testable import FleetNetwork

extension ServerTests {
  /// How servers take the script that keep none, or take none.
  struct ScriptFormTests {
    private func calls(_ admin: AdminConnection, of command: String) async throws -> Bool {
      let info = try await admin.run("INFO", "commandstats").string ?? ""
      return info.contains("cmdstat_\(command):")
    }

    @Test func noScriptIsEverLoaded() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      for sequence: Int64 in 1...6 {
        _ = try await ServerTests.sync(store, .sample("a", sequence))
        if sequence == 3 { try await admin.run("SCRIPT", "FLUSH") }
      }
      let info = try await admin.run("INFO", "commandstats").string ?? ""
      #expect(info.contains("cmdstat_eval:calls=2,") && info.contains("cmdstat_evalsha:calls=6,"))
      #expect(try await calls(admin, of: "script|load") == false)
    }

    @Test func everythingFlushedIsFoundAnew() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      let store = try await server.store()
      let first = try await ServerTests.sync(store, .sample("a", 1).asking(1_000))
      try await admin.run("FLUSHALL")
      try await admin.run("SCRIPT", "FLUSH")
      // Scopes that are made in the same millisecond have the same epoch.
      try await Task.sleep(for: .milliseconds(2))
      let second = try await ServerTests.sync(
        store,
        .sample("a", 2).owing(1_000).with {
          $0.hintEpoch = first.epoch
          $0.meters[0].hintLevel = 12_345
        })
      #expect(second.epoch > first.epoch && second.levels == [12_345])
    }

    /// A user with exactly the commands that are documented.
    private func user(_ admin: AdminConnection, _ rules: [String]) async throws {
      #expect(
        try await admin.run(["ACL", "SETUSER", "bq", "reset", "on", ">pw-5f3a", "~bq1:*", "-@all"] + rules) == .simple("OK"))
    }

    @Test func theLeastRightsAreEnough() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      try await user(admin, SyncScript.commands)
      let store = try await server.store("redis://bq:pw-5f3a@127.0.0.1:\(server.port)")
      let request = SyncRequest.sample("a", 1, [.tokens, .places]).asking(1_000, 400_000).with { $0.isStrict = true }
      for sequence: Int64 in 1...3 { _ = try await ServerTests.sync(store, request.with { $0.sequence = sequence }) }
      // The rarer paths: lost times, a member that is forgotten, leaving.
      try await store.lose(.seen, of: ServerTests.scope)
      _ = try await ServerTests.sync(store, request.with { $0.member = "b" })
      #expect(try await store.forget("a", scope: ServerTests.scope, timeout: .ample))
      _ = try await ServerTests.sync(store, request.with { $0.member = "c" })
      #expect(try await store.status(of: ServerTests.scope, timeout: .ample)?.members.count == 2)
      _ = try await store.leave(request.with { $0.sequence = 9 }, scope: ServerTests.scope, timeout: .ample)
      #expect(try await store.reset(ServerTests.scope, timeout: .ample))
    }

    @Test func aKeyThatTheUserLacksIsNamedAsSuch() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      try await user(admin, SyncScript.commands)
      let address = try ValkeyAddress("redis://bq:pw-5f3a@127.0.0.1:\(server.port)?prefix=other", from: .environment)
      let store = try ValkeyFleetStore(address, logger: Logger(label: "test"))
      let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a")) }
      #expect(error?.code == .permission)
    }

    @Test func aWrongPasswordIsSaidAndNotShown() async throws {
      let server = try ServerProcess(["--requirepass", "right"])
      for login in ["", "bq:pw-5f3a@", ":pw-5f3a@"] {
        let address = try ValkeyAddress("redis://\(login)127.0.0.1:\(server.port)", from: .environment)
        let store = try ValkeyFleetStore(address, logger: Logger(label: "test"))
        let error = await #expect(throws: FleetStoreError.self) {
          try await ServerProcess.until { () async throws(FleetStoreError) in
            try await store.sync(.sample("a"), scope: ServerTests.scope, timeout: .ample)
          }
        }
        #expect(error?.code == .credentials && error?.message.contains("5f3a") == false)
      }
      _ = try await ServerTests.sync(try await server.store("redis://:right@127.0.0.1:\(server.port)"), .sample("a"))
    }

    @Test func aServerWithoutHELLOSpeaksRESP2() async throws {
      let server = try ServerProcess(["--requirepass", "right", "--rename-command", "HELLO", ""])
      let store = try await server.store("redis://:right@127.0.0.1:\(server.port)/3")
      _ = try await ServerTests.sync(store, .sample("a").asking(1_000, 400_000))
      #expect(try await store.status(of: ServerTests.scope, timeout: .ample)?.members.map(\.isWaiting) == [true])
    }

    @Test func withoutEVALSHATheTextIsSent() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      try await user(admin, SyncScript.commands + ["-evalsha"])
      let store = try await server.store("redis://bq:pw-5f3a@127.0.0.1:\(server.port)")
      for sequence: Int64 in 1...3 { _ = try await ServerTests.sync(store, .sample("a", sequence)) }
      #expect((try await admin.run("INFO", "commandstats").string ?? "").contains("cmdstat_eval:calls=3,"))
    }

    @Test func withoutScriptsTheFunctionIsCalledOrThatIsSaid() async throws {
      let server = try ServerProcess()
      let admin = AdminConnection(server)
      try await user(admin, SyncScript.commands + ["-eval", "-evalsha", "+fcall"])
      let store = try await server.store("redis://bq:pw-5f3a@127.0.0.1:\(server.port)")
      let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a")) }
      #expect(error?.code == .scripts && error?.message.contains("FCALL") == true && error?.isLost == false)
      #expect(try await admin.run("FUNCTION", "LOAD", SyncScript.library).string == "bedquota")
      for sequence: Int64 in 1...3 {
        #expect(try await ServerTests.sync(store, .sample("a", sequence).asking(100)).delays.count == 1)
      }
      #expect((try await admin.run("INFO", "commandstats").string ?? "").contains("cmdstat_fcall:calls=4,"))
    }

    @Test func renamedCommandsCountAsForbidden() async throws {
      let server = try ServerProcess([
        "--rename-command", "EVAL", "", "--rename-command", "EVALSHA", "", "--rename-command", "FCALL", "",
      ])
      let store = try await server.store()
      let error = await #expect(throws: FleetStoreError.self) { try await ServerTests.sync(store, .sample("a")) }
      #expect(error?.code == .scripts)
    }
  }
}
