import Synchronization

/// Token files, and in memory what couldn't be written to them: where the user's folder is read-only, as it often is in a container,
/// renewed tokens serve this process alone.
final class TokenStore: Sendable {
  private struct Unwritten {
    /// The file as it was when its tokens were renewed. When it has changed, somebody has signed in again.
    var file: [UInt8]
    var renewed: [UInt8]
  }

  private let unwritten = Mutex<[String: Unwritten]>([:])
  private let write: @Sendable (TokenFile, [UInt8]) -> Bool

  init(write: @escaping @Sendable (TokenFile, [UInt8]) -> Bool = { $0.write($1) }) { self.write = write }

  /// The latest tokens; nil if there are none.
  func read(_ file: TokenFile) -> [UInt8]? {
    guard let bytes = file.read() else { return nil }
    let newer = unwritten.withLock { $0[file.path] }
    return newer?.file == bytes ? newer?.renewed : bytes
  }

  func keep(_ renewed: [UInt8], in file: TokenFile) {
    let kept = write(file, renewed) ? nil : file.read().map { Unwritten(file: $0, renewed: renewed) }
    unwritten.withLock { $0[file.path] = kept }
  }
}
