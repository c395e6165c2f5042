// Where swift-certificates is linked, the compiler takes this module for the one that defines `stat`.
import CoreFoundation
import Foundation
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
  private let state: Mutex<State>
  /// With what the gateway began.
  private let started: GatewayConfiguration
  private let requests: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

  /// Reads the file.
  /// - Parameter listen: an address that counts instead of the file's, in every version of it.
  package init(_ path: String, listen: ListenAddress? = nil, secrets: SecretSource) throws(ConfigurationProblems) {
    self.path = path
    self.listen = listen
    self.secrets = secrets
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
  ///   - onReload: gets what came of each reading that brought something else than before.
  package func run(every interval: Duration = .seconds(2), onReload: @escaping @Sendable (Reload) -> Void) async {
    await withTaskGroup { group in
      group.addTask {
        while (try? await Task.sleep(for: interval)) != nil {
          if self.hasSettledChange() { self.requestReload() }
        }
      }
      for await _ in requests.stream {
        let reload = reload()
        if reload != .same { onReload(reload) }
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
  package enum Reload: Sendable, Equatable {
    /// With sentences about what can't take effect while the gateway runs.
    case changed(GatewayConfiguration, kept: [String])
    /// Nothing has changed.
    case same
    /// It is not good, and the old configuration stays. Each problem has its file and line.
    case refused([String])
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
      return .refused(error.lines)
    }
    if let refusal = new.refusal(after: old, started: started) {
      noteRead(stamp, new.secretFiles)
      return .refused(["\(path): \(refusal)"])
    }
    state.withLock { $0.current = new }
    noteRead(stamp, new.secretFiles)
    return new == old ? .same : .changed(new, kept: new.changes(from: started))
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
