using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Blockwright.Zoo.Tests.Reports;

/// <summary>Chromium without a window, spoken to by its DevTools protocol.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly SemaphoreSlim _loaded = new(0);
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private string? _session;
    private int _last;

    private Browser(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>Where there is one on this machine.</summary>
    public static string? Installed { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(static folder => Programs.Select(program => Path.Combine(folder, program))).FirstOrDefault(File.Exists);

    /// <summary>Whether a test without one fails.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("BLOCKWRIGHT_BROWSER") == "required";

    /// <summary>What went wrong in pages: exceptions, what the console and the log say.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    /// <summary>What pages asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<Browser> Start()
    {
        var profile = Directory.CreateTempSubdirectory("blockwright-browser-").FullName;
        var start = new ProcessStartInfo(Installed!, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        var browser = new Browser(Process.Start(start)!, profile);
        await browser.Connect();
        return browser;
    }

    /// <summary>Opens a file as a window of some width shows it.</summary>
    public async Task Open(string file, int width = 1200, bool isDark = false)
    {
        await Send("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await Send("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }) });
        await Send("Page.navigate", new() { ["url"] = new Uri(file).AbsoluteUri });
        if (!await _loaded.WaitAsync(Patience))
            throw new TimeoutException($"{file} was not loaded.");
    }

    /// <summary>What an expression gives in the page, as JSON.</summary>
    public async Task<JsonElement> Evaluate(string expression)
    {
        var answer = await Send("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true });
        return answer.TryGetProperty("exceptionDetails", out var thrown) ? throw new InvalidOperationException(thrown.ToString()) : answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Presses a key and lets it go.</summary>
    public async Task Press(string key)
    {
        var (code, number, text) = key switch
        {
            "Enter" => (key, 13, "\r"),
            " " => ("Space", 32, " "),
            "Tab" => (key, 9, null),
            _ => throw new ArgumentOutOfRangeException(nameof(key)),
        };
        foreach (var type in new[] { text is null ? "rawKeyDown" : "keyDown", "keyUp" })
        {
            var parameters = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = code, ["windowsVirtualKeyCode"] = number };
            if (text is not null && type == "keyDown")
                parameters["text"] = text;
            await Send("Input.dispatchKeyEvent", parameters);
        }
    }

    /// <summary>What the window shows, as a PNG.</summary>
    public async Task<byte[]> Screenshot() => (await Send("Page.captureScreenshot", new() { ["format"] = "png" })).GetProperty("data").GetBytesFromBase64();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _end.CancelAsync();
        await _reading;
        _process.Dispose();
        _socket.Dispose();
        _loaded.Dispose();
        _end.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A child of it still writes there while it ends; the folder is a temporary one.
        }
    }

    private async Task Connect()
    {
        const string Announced = "DevTools listening on ";
        using var patience = new CancellationTokenSource(Patience);
        _ = _process.StandardOutput.ReadToEndAsync(_end.Token);
        var said = new StringBuilder();
        string? line;
        do
        {
            line = await _process.StandardError.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException($"{Installed} ended: {said}");
            said.AppendLine(line);
        }
        while (!line.StartsWith(Announced, StringComparison.Ordinal));
        // What it says later is not waited for, and must not fill the pipe.
        _ = _process.StandardError.ReadToEndAsync(_end.Token);
        await _socket.ConnectAsync(new(line[Announced.Length..].Trim()), patience.Token);
        _reading = Read();
        var target = (await Send("Target.createTarget", new() { ["url"] = "about:blank" })).GetProperty("targetId").GetString();
        _session = (await Send("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true })).GetProperty("sessionId").GetString();
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await Send(domain + ".enable", []);
    }

    private async Task<JsonElement> Send(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _waiting.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
            message["sessionId"] = _session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _end.Token);
        return await answer.Task.WaitAsync(Patience);
    }

    private async Task Read()
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                Take(JsonDocument.Parse(message.ToArray()).RootElement);
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The browser has ended.
        }
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("id", out var id))
        {
            if (!_waiting.TryRemove(id.GetInt32(), out var answer))
                return;
            if (message.TryGetProperty("error", out var error))
                answer.SetException(new InvalidOperationException(error.ToString()));
            else
                answer.SetResult(message.GetProperty("result"));
            return;
        }
        var parameters = message.GetProperty("params");
        switch (message.GetProperty("method").GetString())
        {
            case "Page.loadEventFired":
                _loaded.Release();
                break;
            case "Runtime.exceptionThrown" or "Runtime.consoleAPICalled" or "Log.entryAdded":
                Errors.Enqueue(parameters.ToString());
                break;
            case "Network.requestWillBeSent":
                Requests.Enqueue(parameters.GetProperty("request").GetProperty("url").GetString()!);
                break;
        }
    }
}
