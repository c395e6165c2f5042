import Synchronization

/// The models of bedrock-mantle, looked up at the first request: most emulators get none.
final class MantleCatalog: Sendable {
  struct Entry: Sendable {
    var model: MantleDirectory.Model
    var target: InvocationTarget
  }

  private let known = Mutex<[Entry]?>(nil)

  /// - Parameter make: called at most once.
  func entries(_ make: () -> sending [Entry]) -> [Entry] {
    known.withLock { known in
      if let known { return known }
      let made = make()
      known = made
      return made
    }
  }
}
