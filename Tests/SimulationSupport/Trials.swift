/// Runs a function for many inputs on all cores, with the results in the inputs' order.
package enum Trials {
  /// - Parameter each: called with each result, in the inputs' order, as soon as it is available.
  package static func map<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], each: (Output) -> Void = { _ in }, _ body: @escaping @Sendable (Input) -> Output
  ) async -> [Output] {
    await withTaskGroup(of: (Int, Output).self) { group in
      var results: [Output?] = Array(repeating: nil, count: inputs.count)
      // One task for each input. They never suspend, so the pool's threads, one for each core, run them.
      for (index, input) in inputs.enumerated() { group.addTask { (index, body(input)) } }
      var told = 0
      for await (index, output) in group {
        results[index] = output
        while told < results.count, let next = results[told] {
          each(next)
          told += 1
        }
      }
      return results.compactMap { $0 }
    }
  }
}
