import Foundation
import Testing

@testable import Gateway

@Suite struct RequestIDTests {
  @Test func idsAreUUIDsAndUnique() {
    let ids = (0..<10_000).map { _ in RequestID.next() }
    #expect(Set(ids).count == ids.count)
    for id in ids.prefix(1_000) {
      #expect(UUID(uuidString: id) != nil && id == id.lowercased())
      let characters = Array(id)
      #expect(characters[14] == "4" && "89ab".contains(characters[19]))
    }
  }
}
