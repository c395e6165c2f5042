import Foundation
import Testing

@testable import Gateway

/// With real files, in a folder of its own.
final class ConfigurationFileTests {
  private let folder: URL
  private var path: String { folder.appending(path: "gateway.yaml").path }
  private var secretPath: String { folder.appending(path: "secret").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("the-first-secret-of-chat\n".utf8).write(to: folder.appending(path: "secret"))
    try write("keys: {chat: {secret: \"${file:\(folder.appending(path: "secret").path)}\"}}")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: "gateway.yaml"), options: .atomic)
  }

  private func file() throws -> ConfigurationFile { try ConfigurationFile(path, secrets: SecretSource(environment: [:])) }

  @Test func aChangeIsTakenOnceItHasSettled() throws {
    let file = try file()
    #expect(!file.hasSettledChange())
    try write("drain: 3m\nkeys: {chat: {secret: \"${file:\(secretPath)}\"}}")
    // Whoever writes the file may not be done.
    #expect(!file.hasSettledChange())
    try write("drain: 4m\nkeys: {chat: {secret: \"${file:\(secretPath)}\"}}")
    #expect(!file.hasSettledChange())
    #expect(file.hasSettledChange())
    #expect(file.reload().configuration?.drain == .seconds(240))
    #expect(file.current.drain == .seconds(240))
    #expect(!file.hasSettledChange() && file.reload() == .same)
  }

  @Test func aChangedSecretIsAChange() throws {
    let file = try file()
    #expect(file.current.keys.first?.proof == .secret(Secret("the-first-secret-of-chat")))
    try Data("the-second-secret-of-chat".utf8).write(to: folder.appending(path: "secret"))
    _ = file.hasSettledChange()
    #expect(file.hasSettledChange())
    #expect(file.reload().configuration?.keys.first?.proof == .secret(Secret("the-second-secret-of-chat")))
  }

  @Test func aBadFileChangesNothingAndSaysTheLines() throws {
    let file = try file()
    let old = file.current
    try write("listen: 127.0.0.1:4000\ndrain: soon\nqueue: {size: 5}")
    let problems = try #require(file.reload().problems)
    #expect(problems.count == 2 && file.current == old)
    #expect(problems[0].hasPrefix("\(path):2: drain must be a time"))
    #expect(problems[1].hasPrefix("\(path):3: queue.size is not a key"))
    // The bad version isn't read again and again.
    _ = file.hasSettledChange()
    #expect(!file.hasSettledChange())
    try FileManager.default.removeItem(atPath: path)
    #expect(file.reload().problems?.count == 1 && file.current == old)
  }

  @Test func whatCannotChangeWhileItRunsIsNamed() throws {
    let file = try file()
    try write("limits: {requests: 7}\nkeys: {chat: {secret: \"${file:\(secretPath)}\"}}")
    #expect(file.reload().kept == ["limits has changed, which takes effect when the gateway starts again."])
  }

  /// A new version that names a secret's file is often written before that file.
  @Test func aMendedSecretOfABadVersionIsAChange() throws {
    let file = try file()
    let other = folder.appending(path: "other-secret")
    try write("keys: {chat: {secret: \"${file:\(secretPath)}\"}, ci: {secret: \"${file:\(other.path)}\"}}")
    #expect(file.reload().isRefused)
    #expect(!file.hasSettledChange() && !file.hasSettledChange())
    try Data("the-first-secret-of-ci\n".utf8).write(to: other)
    _ = file.hasSettledChange()
    #expect(file.hasSettledChange())
    #expect(file.reload().configuration?.keys.map(\.name) == ["chat", "ci"])
    // The secrets of the configuration in force count on while a newer version is bad.
    try write("drain: soon")
    #expect(file.reload().isRefused)
    try Data("the-second-secret-of-ci".utf8).write(to: other)
    _ = file.hasSettledChange()
    #expect(file.hasSettledChange())
  }

  @Test func aFileThatLostItsKeysOpensNothing() throws {
    let file = try file()
    try write("")
    #expect(file.reload().problems?.last?.contains("keys are gone") == true)
    #expect(!file.current.isOpen)
  }

  @Test func aRequestToReloadIsAnswered() async throws {
    let file = try file()
    try write("drain: 3m\nkeys: {chat: {secret: \"${file:\(secretPath)}\"}}")
    let (stream, continuation) = AsyncStream<ConfigurationFile.Reload>.makeStream()
    // It is asked before it runs, which is no reason to forget it.
    file.requestReload()
    let run = Task { await file.run(every: .seconds(3_600)) { continuation.yield($0) } }
    let first = await stream.first { _ in true }
    #expect(first?.configuration?.drain == .seconds(180))
    run.cancel()
    await run.value
  }
}

extension ConfigurationFile.Reload {
  fileprivate var configuration: GatewayConfiguration? {
    if case .changed(let configuration, _) = self { configuration } else { nil }
  }
  fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
  fileprivate var kept: [String]? { if case .changed(_, let kept) = self { kept } else { nil } }
  fileprivate var problems: [String]? { if case .refused(let problems) = self { problems } else { nil } }
}
