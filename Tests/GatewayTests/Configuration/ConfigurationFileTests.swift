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

  private func file(_ log: CollectedLog = CollectedLog()) throws -> ConfigurationFile {
    try ConfigurationFile(path, secrets: SecretSource(environment: [:]), logger: log.logger)
  }

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
    let log = CollectedLog()
    let file = try file(log)
    let old = file.current
    try write("listen: 127.0.0.1:4000\ndrain: soon\nqueue: {size: 5}")
    #expect(file.reload() == .refused && file.current == old)
    let lines = log.lines
    #expect(lines.count == 3)
    #expect(lines.first?.hasPrefix("configuration refused: \(path):2: drain must be a time") == true)
    #expect(lines.dropFirst().first?.hasPrefix("configuration refused: \(path):3: queue.size is not a key") == true)
    // The bad version isn't read again and again.
    _ = file.hasSettledChange()
    #expect(!file.hasSettledChange())
    try FileManager.default.removeItem(atPath: path)
    #expect(file.reload() == .refused && file.current == old)
  }

  /// A new version that names a secret's file is often written before that file.
  @Test func aMendedSecretOfABadVersionIsAChange() throws {
    let file = try file()
    let other = folder.appending(path: "other-secret")
    try write("keys: {chat: {secret: \"${file:\(secretPath)}\"}, ci: {secret: \"${file:\(other.path)}\"}}")
    #expect(file.reload() == .refused)
    #expect(!file.hasSettledChange() && !file.hasSettledChange())
    try Data("the-first-secret-of-ci\n".utf8).write(to: other)
    _ = file.hasSettledChange()
    #expect(file.hasSettledChange())
    #expect(file.reload().configuration?.keys.map(\.name) == ["chat", "ci"])
    // The secrets of the configuration in force count on while a newer version is bad.
    try write("drain: soon")
    #expect(file.reload() == .refused)
    try Data("the-second-secret-of-ci".utf8).write(to: other)
    _ = file.hasSettledChange()
    #expect(file.hasSettledChange())
  }

  @Test func aFileThatLostItsKeysOpensNothing() throws {
    let log = CollectedLog()
    let file = try file(log)
    try write("")
    #expect(file.reload() == .refused && !file.current.isOpen)
    #expect(log.lines.last?.contains("keys are gone") == true)
  }

  @Test func aRequestToReloadIsAnswered() async throws {
    let file = try file()
    try write("drain: 3m\nkeys: {chat: {secret: \"${file:\(secretPath)}\"}}")
    let (stream, continuation) = AsyncStream<GatewayConfiguration>.makeStream()
    // It is asked before it runs, which is no reason to forget it.
    file.requestReload()
    let run = Task { await file.run(every: .seconds(3_600)) { continuation.yield($0) } }
    let first = await stream.first { _ in true }
    #expect(first?.drain == .seconds(180))
    run.cancel()
    await run.value
  }
}

extension ConfigurationFile.Reload {
  fileprivate var configuration: GatewayConfiguration? {
    if case .changed(let configuration) = self { configuration } else { nil }
  }
}
