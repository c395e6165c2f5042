import AWSServer
import Testing

struct PageTokenTests {
  @Test func aTokenLeadsBackToItsOffset() {
    let tokens = PageToken()
    #expect(tokens.read(tokens.make(listing: "a|b", offset: 42), listing: "a|b") == 42)
  }

  @Test func otherTokensAreRefused() {
    let tokens = PageToken()
    let token = tokens.make(listing: "a", offset: 42)
    #expect(tokens.read(token, listing: "b") == nil, "of another listing")
    #expect(PageToken().read(token, listing: "a") == nil, "of another server")
    #expect(tokens.read(String(token.dropLast(4)), listing: "a") == nil, "cut")
    #expect(tokens.read("", listing: "a") == nil && tokens.read("%", listing: "a") == nil)
  }
}
