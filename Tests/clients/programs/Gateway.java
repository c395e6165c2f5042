// Java's own HTTP clients, for test_gateway_clients.py: prints one line of JSON with what each of them got.
// Arguments: the URL of a whole reply, that of a stream, the bearer token; the body comes on stdin.
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.StringJoiner;

public class Gateway {
  public static void main(String[] arguments) throws Exception {
    byte[] body = System.in.readAllBytes();
    StringJoiner results = new StringJoiner(", ", "[", "]");
    // The default version asks to be upgraded to HTTP/2, which a server may pass over.
    for (HttpClient.Version version : HttpClient.Version.values()) {
      HttpClient client = HttpClient.newBuilder().version(version).build();
      for (int index = 0; index < 2; index++) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[index]))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + arguments[2])
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
        HttpResponse<byte[]> reply = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        results.add("[" + reply.statusCode() + ", " + reply.body().length + "]");
      }
    }
    for (int index = 0; index < 2; index++) {
      HttpURLConnection connection = (HttpURLConnection) URI.create(arguments[index]).toURL().openConnection();
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setRequestProperty("Authorization", "Bearer " + arguments[2]);
      connection.getOutputStream().write(body);
      int status = connection.getResponseCode();
      results.add("[" + status + ", " + connection.getInputStream().readAllBytes().length + "]");
    }
    System.out.println(results);
  }
}
