using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Blockwright.Gpu.Cuda;
using Architecture = Blockwright.Gpu.Cuda.Architecture;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>
/// A driver that has no device, and does what one would: it notes each call, keeps count of what is held, and executes graphs on host memory, in another order than they were built in wherever their edges
/// let it. It can be told to fail. One at a time: the driver's functions have no "this".
/// </summary>
internal sealed unsafe partial class FakeDriver : IDisposable
{
    private const nint OwnContext = 0xC0;

    private static FakeDriver? s_current;

    private readonly Dictionary<nint, string> _held = [];
    private readonly Dictionary<nint, List<FakeNode>> _graphs = [];
    private readonly Dictionary<nint, string> _functions = [];
    private readonly Dictionary<ulong, nuint> _memory = [];
    private readonly Stack<nint> _contexts = new();
    private readonly Dictionary<nint, int> _moments = [];
    private nint _last = 0x1000;

    public FakeDriver() => Assert.Null(Interlocked.CompareExchange(ref s_current, this, null));

    /// <summary>What was called: the function, then what of its arguments tests look at.</summary>
    public List<string> Calls { get; } = [];

    public IEnumerable<string> CallNames => Calls.Select(static call => call.Split(' ')[0]);

    /// <summary>Which call fails, counted from 1; 0: none.</summary>
    public int FailsAt { get; set; }

    /// <summary>Which function fails whenever it is called.</summary>
    public string? Fails { get; set; }

    public int FailsWith { get; set; } = 1;

    /// <summary>The function that failed, if one did.</summary>
    public string? Failed { get; private set; }

    public int Devices { get; set; } = 1;

    public Architecture Architecture { get; set; } = new(9, 0);

    public int Version { get; set; } = 12080;

    public long FreeBytes { get; set; } = 1L << 30;

    /// <summary>How many arguments each kernel has, and what it does.</summary>
    public Dictionary<string, (int Arguments, Action<ulong[]> Run)> Kernels { get; } = [];

    /// <summary>What executes a kernel's node in place of what it is said to do above.</summary>
    public Action<FakeNode>? Runs { get; set; }

    /// <summary>Whether it takes a module's image.</summary>
    public Func<byte[], int> TakesImage { get; set; } = static _ => 0;

    /// <summary>What a driver would crash at: freed twice, used without its context.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>What was made and not freed: memory, modules, graphs, events, contexts.</summary>
    public IReadOnlyCollection<string> Held => _held.Values;

    public nint? CurrentContext => _contexts.TryPeek(out var context) ? context : null;

    public IReadOnlyList<FakeNode> LastGraph { get; private set; } = [];

    public Driver Open() => new(new DriverFunctions("the fake", Export));

    /// <summary>The floats from an address to the end of what was allocated.</summary>
    public Span<float> MemoryAt(ulong address)
    {
        var (start, bytes) = _memory.Single(piece => piece.Key <= address && address < piece.Key + piece.Value);
        return new((void*)address, (int)((start + bytes - address) / sizeof(float)));
    }

    public void SetCurrentContext(nint context) => _contexts.Push(context);

    public void Dispose()
    {
        foreach (var address in _memory.Keys)
            NativeMemory.Free((void*)address);
        s_current = null;
    }

    /// <summary>Notes a call.</summary>
    /// <returns>What it returns at once; 0: go on.</returns>
    private int Begin(string call, string? of = null)
    {
        Calls.Add(of is null ? call : $"{call} {of}");
        if (NeedsContext(call) && CurrentContext != OwnContext && Failed != "cuCtxPushCurrent")
            Violations.Add($"{call} without its context");
        if (Calls.Count != FailsAt && call != Fails)
            return 0;
        Failed = call;
        return FailsWith;
    }

    private static bool NeedsContext(string call) =>
        ((string[])["cuMem", "cuModule", "cuFunc", "cuGraph", "cuEvent", "cuStream"]).Any(start => call.StartsWith(start, StringComparison.Ordinal));

    private nint Hold(string what)
    {
        _last += 0x10;
        _held.Add(_last, what);
        return _last;
    }

    /// <summary>Frees. What fails to be freed was at least tried, which is all that a caller can do.</summary>
    private int Release(string call, nint handle)
    {
        var code = Begin(call);
        if (!_held.Remove(handle))
            Violations.Add($"{call} of what is not held");
        return code;
    }

    private ulong AllocateBytes(nuint bytes, string what)
    {
        var address = (ulong)NativeMemory.AllocZeroed(bytes);
        _memory.Add(address, bytes);
        _held.Add((nint)address, what);
        return address;
    }

    private int FreeBytesOf(string call, ulong address)
    {
        var code = Release(call, (nint)address);
        if (_memory.Remove(address))
            NativeMemory.Free((void*)address);
        return code;
    }

    /// <summary>Executes nodes in an order that the edges allow, the last ones first: an edge that is missing shows.</summary>
    private void Execute(IReadOnlyList<FakeNode> nodes)
    {
        var done = new HashSet<nint>();
        while (done.Count < nodes.Count)
        {
            var next = nodes.Last(node => !done.Contains(node.Handle) && node.After.All(done.Contains));
            done.Add(next.Handle);
            // Each node takes a millisecond.
            if (next.Moment != 0)
                _moments[next.Moment] = done.Count - nodes.Count(node => node.Moment != 0 && done.Contains(node.Handle));
            else if (next.Kernel is not null && Runs is { } runs)
                runs(next);
            else if (next.Kernel is { } kernel)
                Kernels[kernel].Run(next.Arguments);
            else
                Buffer.MemoryCopy(Side(next.Copy.Source), Side(next.Copy.Target), next.Copy.WidthInBytes, next.Copy.WidthInBytes);
        }
    }

    private static void* Side(in CopySide side) => side.Type == MemoryType.Host ? (void*)side.Host : (void*)side.Device;

    private ulong[] ArgumentsOf(in KernelNodeParameters parameters)
    {
        var arguments = new ulong[Kernels[_functions[parameters.Function]].Arguments];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = *(ulong*)parameters.Arguments[i];
        return arguments;
    }

    private static string Show(in KernelNodeParameters given) => string.Create(
        CultureInfo.InvariantCulture,
        $"grid {given.GridX} {given.GridY} {given.GridZ} block {given.BlockX} {given.BlockY} {given.BlockZ} shared {given.SharedBytes}");

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text)!;

    private static byte[] ImageAt(void* image) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)image).ToArray();

    private static void WriteLog(int* options, void** values, string text)
    {
        if (options[0] != 5 || options[1] != 6)
            return;
        var log = new Span<byte>(values[0], (int)values[1]);
        log[Encoding.UTF8.GetBytes(text, log)] = 0;
    }
}
