import Foundation
package import Logging
import Synchronization

/// The configuration file of a running gateway. A change of it, or of a file with a secret, takes effect as a whole or not at all.
package final class ConfigurationFile: Sendable {
  /// What tells one version of a file from another.
  private struct Stamp: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  private struct State {
    var current: GatewayConfiguration
    /// The file, and those with the secrets of the version that was read last, good or bad, and of the current one.
    var watched: [String]
    /// Of what is watched, as it was read last.
    var read: [Stamp?]
    /// Of the last look, if it differs from what was read.
    var seen: [Stamp?]?
  }

  package let path: String
  private let listen: ListenAddress?
  private let secrets: SecretSource
  private let logger: Logger
  private let state: Mutex<State>
  /// With what the gateway began.
  private let started: GatewayConfiguration
  private let requests: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

  /// Reads the file.
  /// - Parameter listen: an address that counts instead of the file's, in every version of it.
  package init(
    _ path: String, listen: ListenAddress? = nil, secrets: SecretSource, logger: Logger
  ) throws(ConfigurationProblems) {
    self.path = path
    self.listen = listen
    self.secrets = secrets
    self.logger = logger
    // Before the file is read: a change in between is seen as one.
    let stamp = Self.stamp(path)
    let configuration = try GatewayConfiguration(file: path, listen: listen, secrets: secrets)
    started = configuration
    let secretFiles = configuration.secretFiles
    state = Mutex(
      State(
        current: configuration, watched: [path] + secretFiles, read: [stamp] + secretFiles.map(Self.stamp), seen: nil))
    requests = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The last configuration that was good.
  package var current: GatewayConfiguration { state.withLock { $0.current } }

  /// Asks ``run(every:apply:)`` to read the file now, as SIGHUP does.
  package func requestReload() { requests.continuation.yield() }

  /// Watches the file until the task is cancelled.
  /// - Parameters:
  ///   - apply: gets each new configuration.
  ///   - refused: called for each version that is not good.
  package func run(
    every interval: Duration = .seconds(2), apply: @escaping @Sendable (GatewayConfiguration) -> Void,
    refused: @escaping @Sendable () -> Void = {}
  ) async {
    await withTaskGroup { group in
      group.addTask {
        while (try? await Task.sleep(for: interval)) != nil {
          if self.hasSettledChange() { self.requestReload() }
        }
      }
      for await _ in requests.stream {
        switch reload() {
        case .changed(let configuration): apply(configuration)
        case .refused: refused()
        case .same: break
        }
      }
      group.cancelAll()
    }
  }

  /// Whether the file, or one with a secret, has changed since it was read, and not again since the last look: whoever writes it may
  /// not be done.
  func hasSettledChange() -> Bool {
    let now = state.withLock { $0.watched }.map(Self.stamp)
    return state.withLock { state in
      guard now != state.read else {
        state.seen = nil
        return false
      }
      defer { state.seen = now }
      return state.seen == now
    }
  }

  /// What came of reading the file again.
  enum Reload: Equatable {
    case changed(GatewayConfiguration)
    /// Nothing has changed.
    case same
    /// It is not good. What is wrong is logged, and the old configuration stays.
    case refused
  }

  /// Reads the file again.
  func reload() -> Reload {
    let old = current
    let stamp = Self.stamp(path)
    let new: GatewayConfiguration
    do throws(ConfigurationProblems) {
      new = try GatewayConfiguration(file: path, listen: listen, secrets: secrets)
    } catch {
      noteRead(stamp, error.secretFiles)
      for line in error.lines { logger.error("configuration refused: \(line)") }
      logger.error("the configuration stays as it was")
      return .refused
    }
    if let refusal = new.refusal(after: old, started: started) {
      noteRead(stamp, new.secretFiles)
      logger.error("configuration refused: \(path): \(refusal)")
      return .refused
    }
    state.withLock { $0.current = new }
    noteRead(stamp, new.secretFiles)
    guard new != old else {
      logger.info("configuration read again; nothing has changed")
      return .same
    }
    for change in new.changes(from: started) { logger.warning("\(change)") }
    logger.notice("configuration reloaded", metadata: ["file": "\(path)", "keys": "\(new.keys.count)"])
    return .changed(new)
  }

  /// A version was read.
  /// - Parameters:
  ///   - stamp: of the file, from before it was read.
  ///   - secretFiles: those of this version, be it good or bad.
  private func noteRead(_ stamp: Stamp?, _ secretFiles: [String]) {
    state.withLock { state in
      // After a bad version, the files of the good one stay watched too.
      let files = secretFiles + state.current.secretFiles.filter { !secretFiles.contains($0) }
      state.watched = [path] + files
      state.read = [stamp] + files.map(Self.stamp)
      state.seen = nil
    }
  }

  /// nil if there is no such file.
  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if os(Linux)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    return Stamp(inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }
}
