import AWSServer
import Testing

struct HTTPLimitsTests {
  @Test(arguments: [(-1, 8_192), (0, 4), (20, 4), (64, 40), (256, 232), (1_024, 1_000), (20_000, 8_192), (Int.max, 8_192)])
  func connectionsLeaveDescriptorsForTheRest(descriptors: Int, connections: Int) {
    #expect(HTTPLimits.connections(descriptors: descriptors) == connections)
  }
}
