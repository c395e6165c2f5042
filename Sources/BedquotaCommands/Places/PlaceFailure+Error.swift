import Bedquota
import Reports

extension PlaceFailure {
  /// - Parameter served: the Regions that the emulator has; nil without one.
  init(_ place: Place, _ error: any Error, served: [String]?) {
    if let served, !served.contains(place.region) {
      self.init(place, error: "The emulator serves only \(served.joined(separator: ", ")).")
    } else {
      self.init(place, error: Failure(error)?.message ?? "\(error)")
    }
  }
}

extension [PlaceFailure] {
  /// Says which places could not be read, a line for each.
  func tell() {
    for failure in self { Console.printError("bedquota: \(failure.words)") }
  }
}
