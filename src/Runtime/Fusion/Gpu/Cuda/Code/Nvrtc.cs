using System.Runtime.InteropServices;
using System.Text;
using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>NVIDIA's compiler at run time. It may be called from several threads at once.</summary>
internal sealed unsafe class Nvrtc
{
    private readonly NvrtcFunctions _functions;
    private readonly string _path;
    private readonly Architecture[] _architectures;

    /// <exception cref="CudaException">It does not say what it is.</exception>
    public Nvrtc(string path, NvrtcFunctions functions)
    {
        (_path, _functions) = (path, functions);
        int major, minor, count;
        Check(functions.Version(&major, &minor), "nvrtcVersion");
        Version = (major, minor);
        Check(functions.GetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs");
        var numbers = new int[Math.Max(count, 1)];
        fixed (int* first = numbers)
            Check(functions.GetSupportedArchs(first), "nvrtcGetSupportedArchs");
        _architectures = [.. numbers.Take(count).Select(Architecture.FromNumber).Order()];
    }

    /// <summary>The CUDA that it is of.</summary>
    public (int Major, int Minor) Version { get; }

    /// <summary>The latest architecture that it knows.</summary>
    public Architecture Newest => _architectures.LastOrDefault();

    /// <summary>What code for a card is compiled for: the card's architecture; for one that came later, the latest of before, as PTX; null for one that is no longer served.</summary>
    public string? TargetFor(Architecture card) =>
        Array.IndexOf(_architectures, card) >= 0 ? card.Real
        : _architectures.LastOrDefault(known => known.CompareTo(card) < 0) is { Major: > 0 } older ? older.Virtual
        : null;

    /// <summary>Compiles kernels.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="target">From <see cref="TargetFor"/>.</param>
    /// <exception cref="CudaException">It does not compile; the message has the compiler's words and the lines that they are of.</exception>
    public CodeImage Compile(string source, string name, string target)
    {
        nint program;
        fixed (byte* text = Terminated(source), title = Terminated(name))
            Check(_functions.CreateProgram(&program, text, title, 0, null, null), "nvrtcCreateProgram");
        try
        {
            var code = Build(program, CompilerOptions.For(target));
            if (code != 0)
                throw new CudaException("nvrtcCompileProgram", code, Invariant($"NVRTC {Version.Major}.{Version.Minor} ({_path}) does not compile {name} for {target}: {Said(code)}.")
                    + Environment.NewLine + CompilerLog.WithLines(Log(program), source));
            var isPtx = target.StartsWith("compute_", StringComparison.Ordinal);
            var bytes = isPtx
                ? Fetch(program, _functions.GetPtxSize, _functions.GetPtx, "nvrtcGetPTX")
                : Fetch(program, _functions.GetCubinSize, _functions.GetCubin, "nvrtcGetCUBIN");
            return new(isPtx ? CodeKind.Ptx : CodeKind.Cubin, bytes, $"NVRTC at {_path}");
        }
        finally
        {
            _functions.DestroyProgram(&program);
        }
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private int Build(nint program, IReadOnlyList<string> options)
    {
        var texts = options.Select(static option => Marshal.StringToCoTaskMemUTF8(option)).ToArray();
        try
        {
            fixed (nint* first = texts)
                return _functions.CompileProgram(program, texts.Length, (byte**)first);
        }
        finally
        {
            Array.ForEach(texts, Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>What the compiler wrote; empty where it does not say: what is told of is the failure before.</summary>
    private string Log(nint program)
    {
        nuint size;
        if (_functions.GetProgramLogSize(program, &size) != 0 || size == 0)
            return "";
        var log = new byte[size];
        fixed (byte* first = log)
            return _functions.GetProgramLog(program, first) == 0 ? Encoding.UTF8.GetString(log).TrimEnd('\0', '\n') : "";
    }

    private byte[] Fetch(nint program, delegate* unmanaged<nint, nuint*, int> size, delegate* unmanaged<nint, byte*, int> fetch, string call)
    {
        nuint count;
        Check(size(program, &count), call + "Size");
        if (count == 0)
            throw new CudaException($"{call}Size of NVRTC at {_path} gives 0: the code was compiled, and there is none.");
        var bytes = new byte[count];
        fixed (byte* first = bytes)
            Check(fetch(program, first), call);
        return bytes;
    }

    private void Check(int code, string call)
    {
        if (code != 0)
            throw new CudaException(call, code, $"{call} of NVRTC at {_path} failed: {Said(code)}.");
    }

    private string Said(int code) => Marshal.PtrToStringUTF8((nint)_functions.GetErrorString(code)) ?? Invariant($"error {code}");
}
