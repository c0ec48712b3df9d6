using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Blockwright.Package.Tests;

/// <summary>A language server over its standard streams, as an editor drives it: messages of JSON, each behind its length.</summary>
internal sealed class LanguageServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Process _process;
    private readonly JsonNode _settings;
    private readonly Channel<JsonNode> _received = Channel.CreateUnbounded<JsonNode>();
    private readonly Task _reading;
    private int _requests;

    /// <param name="folder">The workspace.</param>
    /// <param name="program">The server.</param>
    /// <param name="settings">What it is answered where it asks for settings.</param>
    public LanguageServer(string folder, string program, JsonNode settings)
    {
        _settings = settings;
        _process = Command.Start(folder, program, isFed: true);
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _reading = Task.Run(Read);
        Request("initialize", new JsonObject { ["processId"] = Environment.ProcessId, ["rootUri"] = new Uri(folder).AbsoluteUri, ["capabilities"] = Capabilities });
        Notify("initialized", []);
    }

    private static JsonObject Capabilities => new()
    {
        ["textDocument"] = new JsonObject { ["hover"] = new JsonObject { ["contentFormat"] = new JsonArray("markdown") }, ["publishDiagnostics"] = new JsonObject() },
        ["workspace"] = new JsonObject { ["configuration"] = true },
    };

    /// <summary>Asks, and waits for the answer.</summary>
    public JsonNode? Request(string method, JsonObject parameters)
    {
        var id = ++_requests;
        Send(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters });
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = _received.Reader.ReadAsync(patience.Token).AsTask().GetAwaiter().GetResult();
            if (message["method"] is null && message["id"]?.GetValue<int>() == id)
                return message["error"] is { } error ? throw new InvalidOperationException($"{method}: {error}") : message["result"];
            if (message["method"] is { } asked && message["id"] is { } its)
                Answer(asked.GetValue<string>(), its, message["params"]);
        }
    }

    public void Notify(string method, JsonObject parameters) => Send(new JsonObject { ["method"] = method, ["params"] = parameters });

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _reading.Wait(Patience);
        _process.Dispose();
    }

    private void Answer(string method, JsonNode id, JsonNode? parameters)
    {
        var items = method == "workspace/configuration" ? parameters?["items"]?.AsArray().Count ?? 0 : 0;
        Send(new JsonObject { ["id"] = id.DeepClone(), ["result"] = method == "workspace/configuration" ? new JsonArray([.. Enumerable.Range(0, items).Select(_ => _settings.DeepClone())]) : null });
    }

    private void Send(JsonObject message)
    {
        message["jsonrpc"] = "2.0";
        var body = Encoding.UTF8.GetBytes(message.ToJsonString());
        var stream = _process.StandardInput.BaseStream;
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n")));
        stream.Write(body);
        stream.Flush();
    }

    private void Read()
    {
        var stream = _process.StandardOutput.BaseStream;
        var head = new StringBuilder();
        for (int next; (next = stream.ReadByte()) >= 0;)
        {
            head.Append((char)next);
            if (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                continue;
            var length = head.ToString().Split("\r\n").Single(static line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            stream.ReadExactly(body);
            head.Clear();
            _received.Writer.TryWrite(JsonSerializer.Deserialize<JsonNode>(body)!);
        }
        _received.Writer.Complete();
    }
}
