extension Array where Element: Sendable {
  /// Does `work` with the elements at the same time.
  /// - Parameter most: at most so many at a time; 1 or more.
  /// - Returns: the results in the order of the elements; a failure is a result like the others.
  package func concurrentMap<Value: Sendable>(
    atATime most: Int = .max, _ work: @escaping @Sendable (Element) async throws -> Value
  ) async -> [Result<Value, any Error>] {
    await withTaskGroup(of: (index: Int, result: Result<Value, any Error>).self) { group in
      var results: [(index: Int, result: Result<Value, any Error>)] = []
      for (index, element) in enumerated() {
        if index >= most, let result = await group.next() { results.append(result) }
        group.addTask {
          do { return (index, .success(try await work(element))) } catch { return (index, .failure(error)) }
        }
      }
      for await result in group { results.append(result) }
      return results.sorted { $0.index < $1.index }.map(\.result)
    }
  }
}
