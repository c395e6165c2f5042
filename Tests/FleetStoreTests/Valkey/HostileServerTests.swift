import FleetNetwork
import FleetStore
import Logging
import Synchronization
import Testing

/// Servers that answer late, wrongly or not at all. Nothing of it may crash, hang or confuse a member.
struct HostileServerTests {
  private func store(_ server: ScriptedServer) throws -> ValkeyFleetStore {
    try ValkeyFleetStore(
      ValkeyAddress("redis://127.0.0.1:\(server.port)", from: .environment), logger: Logger(label: "test"), silenceMax: .ample)
  }

  private func epoch(_ store: ValkeyFleetStore, timeout: Duration = .ample) async throws(FleetStoreError) -> Int64? {
    try await store.sync(.sample("a"), scope: FleetScope("s"), timeout: timeout).answer?.epoch
  }

  private func failure(_ store: ValkeyFleetStore, timeout: Duration = .ample) async -> FleetStoreError? {
    await #expect(throws: FleetStoreError.self) { try await epoch(store, timeout: timeout) }
  }

  @Test(arguments: [
    "READONLY You can't write", "LOADING Redis is loading", "CLUSTERDOWN The cluster is down",
    "MASTERDOWN Link with MASTER is down",
    "BUSY Redis is busy running a script", "OOM command not allowed", "TRYAGAIN Multiple keys request during rehashing",
    "NOREPLICAS Not enough", "MISCONF Errors writing to the AOF",
  ])
  func aServerThatCannotNowLosesTheOperationAndItsConnection(error: String) async throws {
    let server = try await ScriptedServer { _, number in number == 0 ? .bytes("-\(error)\r\n") : .bytes(ScriptedServer.answer()) }
    let store = try store(server)
    let lost = await failure(store)
    #expect(lost?.isLost == true && lost?.message.contains(error.prefix(6)) == true)
    #expect(try await epoch(store) == 1)
    #expect(server.connections == 2)
    store.close()
  }

  @Test func aServerThatFallsSilentIsLeft() async throws {
    let server = try await ScriptedServer { _, number in number < 2 ? .nothing : .bytes(ScriptedServer.answer(epoch: number)) }
    let store = try ValkeyFleetStore(
      ValkeyAddress("redis://127.0.0.1:\(server.port)", from: .environment), logger: Logger(label: "test"))
    #expect(await failure(store)?.isLost == true)
    #expect(try await ServerProcess.until { () async throws(FleetStoreError) in try await epoch(store) } == 2)
    #expect(server.connections >= 3)
    store.close()
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r\n\r\n", "*999999999\r\n", "$999999999\r\n", String(repeating: "*1\r\n", count: 100),
    "\u{0}\u{1}\u{2}\r\n", "+OK\n",
    ":1\r\n:2\r\n:3\r\n" + String(repeating: ":1\r\n", count: 100), "%9223372036854775807\r\n",
  ])
  func whatIsNoAnswerEndsTheConnection(bytes: String) async throws {
    let server = try await ScriptedServer { _, number in number == 0 ? .bytes(bytes) : .bytes(ScriptedServer.answer()) }
    let store = try store(server)
    let error = await failure(store)
    #expect(error?.code == .unavailable || error?.code == .response)
    #expect(try await ServerProcess.until { () async throws(FleetStoreError) in try await epoch(store) } == 1)
    #expect(server.connections == 2)
    store.close()
  }

  @Test(arguments: [
    "+OK\r\n", ":1\r\n", "$-1\r\n", "*0\r\n", "*3\r\n:0\r\n:1\r\n+x\r\n", "*3\r\n:1\r\n:1\r\n:1\r\n", "*1\r\n*0\r\n",
    ScriptedServer.answer().replacing("*1\r\n:570000", with: "*2\r\n:570000\r\n:1"),
    ScriptedServer.answer().replacing("*1\r\n:570000", with: "*1\r\n+x"),
    ScriptedServer.answer().replacing(":-1\r\n", with: ":-2\r\n"),
    ScriptedServer.answer().replacing(":-1\r\n", with: ":10001\r\n"),
    ScriptedServer.answer().replacing("*0\r\n*0", with: "*1\r\n:5\r\n*0"),
    ScriptedServer.answer().replacing("*0\r\n*0", with: "*0\r\n*1\r\n:1"),
    ScriptedServer.answer().replacing(":2\r\n:0\r\n", with: ":2\r\n:1\r\n"),
    // Numbers that no store has.
    ScriptedServer.answer().replacing(":570000", with: ":-9223372036854775808"),
    ScriptedServer.answer().replacing(":570000", with: ":100000000001"),
    ScriptedServer.answer(epoch: -1), ScriptedServer.answer(epoch: .max),
    ScriptedServer.answer().replacing("*0\r\n*0", with: "*0\r\n*3\r\n:9223372036854775807\r\n:1\r\n:1"),
  ])
  func anAnswerOfAnotherShapeIsRefused(bytes: String) async throws {
    let server = try await ScriptedServer { _, _ in .bytes(bytes) }
    let store = try store(server)
    #expect(await failure(store)?.code == .response)
    store.close()
  }

  @Test func whatIsPushedIsIgnored() async throws {
    let server = try await ScriptedServer { _, _ in .bytes(">2\r\n+message\r\n+x\r\n" + ScriptedServer.answer()) }
    let store = try store(server)
    for _ in 0..<3 { #expect(try await epoch(store) == 1) }
    #expect(server.connections == 1)
    store.close()
  }

  @Test(arguments: [("MOVED", 6), ("ASK", 11)])
  func directionsInACircleEnd(direction: String, commands: Int) async throws {
    let port = Mutex(0)
    let server = try await ScriptedServer { _, _ in .bytes("-\(direction) 1 :\(port.withLock { $0 })\r\n") }
    port.withLock { $0 = server.port }
    let store = try store(server)
    #expect(await failure(store)?.isLost == true)
    #expect(server.commands.count == commands)
    store.close()
  }

  @Test func anASKIsFollowedOnceAndAMOVEDForGood() async throws {
    let target = try await ScriptedServer { words, _ in
      .bytes(words[0] == "ASKING" ? "+OK\r\n" : ScriptedServer.answer(epoch: 7))
    }
    let port = target.port
    let asking = try await ScriptedServer { _, _ in .bytes("-ASK 1 127.0.0.1:\(port)\r\n") }
    let moved = try await ScriptedServer { _, _ in .bytes("-MOVED 1 :\(port)\r\n") }
    for (server, expected) in [(asking, 2), (moved, 1)] {
      let store = try store(server)
      for _ in 0..<2 { #expect(try await epoch(store) == 7) }
      #expect(server.commands.count == expected)
      store.close()
    }
    #expect(target.commands == ["ASKING", "EVALSHA", "ASKING", "EVALSHA", "EVALSHA", "EVALSHA"])
  }

  /// A node that says that it is one of a cluster, or not, and answers two syncs at most.
  private func node(epoch: Int, isInCluster: Bool = true) async throws -> ScriptedServer {
    try await ScriptedServer { words, number in
      if words[0] == "INFO" { return .bytes("$17\r\ncluster_enabled:\(isInCluster ? 1 : 0)\r\n") }
      return number <= 2 ? .bytes(ScriptedServer.answer(epoch: epoch)) : .close
    }
  }

  private func store(_ ports: [Int]) throws -> ValkeyFleetStore {
    let hosts = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
    return try ValkeyFleetStore(
      ValkeyAddress("redis://\(hosts)", from: .environment), logger: Logger(label: "test"), silenceMax: .ample)
  }

  @Test func theNextHostOfAClusterFollowsOneThatIsGone() async throws {
    let nodes = [try await node(epoch: 1), try await node(epoch: 2)]
    // Nobody listens at the first.
    let store = try store([1] + nodes.map(\.port))
    var epochs: [Int64?] = []
    for _ in 0..<4 {
      epochs.append(try await ServerProcess.until { () async throws(FleetStoreError) in try await epoch(store) })
    }
    #expect(epochs == [1, 1, 2, 2] && nodes.map(\.connections) == [1, 1])
    store.close()
  }

  @Test func severalHostsThatAreNoClusterAreRefused() async throws {
    let nodes = [try await node(epoch: 1, isInCluster: false), try await node(epoch: 2)]
    let store = try store(nodes.map(\.port))
    let error = await failure(store)
    #expect(error?.code == .configuration && error?.message.contains("cluster") == true)
    #expect(nodes[1].connections == 0)
    store.close()
  }

  @Test func manyCommandsShareAConnection() async throws {
    let server = try await ScriptedServer { _, _ in .bytes(ScriptedServer.answer()) }
    let store = try store(server)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 { group.addTask { _ = try await epoch(store, timeout: .ample) } }
      try await group.waitForAll()
    }
    #expect(server.connections == 1 && server.commands.count == 100)
    store.close()
    #expect(await failure(store)?.isLost == true)
  }

  @Test func anEndInTheMiddleIsALostOperation() async throws {
    let server = try await ScriptedServer { _, number in number == 0 ? .close : .bytes(ScriptedServer.answer()) }
    let store = try store(server)
    #expect(await failure(store)?.isLost == true)
    // The end may be seen late on a busy machine.
    #expect(try await ServerProcess.until { () async throws(FleetStoreError) in try await epoch(store) } == 1)
    store.close()
  }

  /// Without its own deadline it would wait for as long as the store is away.
  @Test(.timeLimit(.minutes(5))) func whereNobodyListensTheOperationIsLostInTime() async throws {
    let store = try ValkeyFleetStore(ValkeyAddress("redis://127.0.0.1:1", from: .argument), logger: Logger(label: "test"))
    for _ in 0..<5 {
      #expect(await failure(store, timeout: .milliseconds(200))?.isLost == true)
    }
    store.close()
  }
}
