import Bedquota
import Reports

/// What was read in one place, or why nothing was.
struct PlaceResult<Value: Sendable>: Sendable {
  var place: Place
  var result: Result<Value, any Error>
}

extension [PlaceResult<[UsageReport]>] {
  /// All reports; each one knows its place.
  var reports: [UsageReport] {
    flatMap { answer in
      ((try? answer.result.get()) ?? []).map { report in
        var report = report
        report.place = answer.place
        return report
      }
    }
  }
}

extension Array {
  /// The places that could not be read.
  /// - Parameter served: the Regions that the emulator has; nil without one.
  func failures<Value: Sendable>(served: [String]?) -> [PlaceFailure] where Element == PlaceResult<Value> {
    compactMap { answer in
      guard case .failure(let error) = answer.result else { return nil }
      return PlaceFailure(answer.place, error, served: served)
    }
  }
}
