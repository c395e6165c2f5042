import Testing

@testable import Gateway

struct FreedMemoryTests {
  @Test func memoryIsGivenBackOnceAfterMuchWasFreed() {
    var memory = FreedMemory()
    let megabyte = 1 << 20
    #expect(!memory.isDue(inUse: 0) && !memory.isDue(inUse: 400 * megabyte) && !memory.isDue(inUse: 390 * megabyte))
    #expect(memory.isDue(inUse: 300 * megabyte) && !memory.isDue(inUse: 299 * megabyte))
    #expect(memory.isDue(inUse: 0) && !memory.isDue(inUse: 0))
    #expect(!memory.isDue(inUse: 15 * megabyte) && !memory.isDue(inUse: 0))
  }
}
