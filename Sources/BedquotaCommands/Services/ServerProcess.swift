/// What every server of this program does beside its requests.
enum ServerProcess {
  /// After it, a server that has just become ready has read what it begins with.
  private static let startTime = Duration.seconds(15)

  /// Runs `body`, tells the service manager that there is of its states, and gives back the memory that only the start needed.
  /// - Parameters:
  ///   - pause: until memory is given back again, for a server that mostly sleeps; nil: it isn't.
  ///   - body: gets what tells of a state.
  static func with<Output: Sendable>(
    givingBackEvery pause: Duration? = nil,
    _ body: @Sendable (_ tell: @escaping @Sendable (ServiceManager.State) -> Void) async throws -> Output
  ) async throws -> Output {
    let manager = ServiceManager()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      if let manager { group.addTask { await manager.run() } }
      group.addTask {
        guard (try? await Task.sleep(for: startTime)) != nil else { return }
        ProgramPages.giveBack()
        guard let pause else { return }
        while (try? await Task.sleep(for: pause)) != nil { ProgramPages.giveBack() }
      }
      defer { group.cancelAll() }
      return try await body { manager?.tell($0) }
    }
  }
}
