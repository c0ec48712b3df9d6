using System.Runtime.InteropServices;
using System.Text;
using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>An NVRTC whose code is the source itself with what it was compiled for, and that objects to sources with "#error". One at a time.</summary>
internal sealed unsafe class FakeNvrtc : IDisposable
{
    private static readonly byte* CompilationError = (byte*)Marshal.StringToCoTaskMemUTF8("NVRTC_ERROR_COMPILATION");

    private static FakeNvrtc? s_current;

    private readonly Lock _lock = new();
    private readonly Dictionary<nint, (string Source, string Name, string Code)> _programs = [];
    private nint _last;

    public FakeNvrtc() => Assert.Null(Interlocked.CompareExchange(ref s_current, this, null));

    public (int Major, int Minor) Version { get; set; } = (12, 8);

    public int[] Architectures { get; set; } = [70, 80, 90];

    /// <summary>The options of each compilation.</summary>
    public List<string> Compiled { get; } = [];

    /// <summary>The function that fails, with the code of a failed compilation.</summary>
    public string? Fails { get; set; }

    /// <summary>Programs that were not destroyed.</summary>
    public int Held => _programs.Count;

    public Nvrtc Open() => new("/fake/libnvrtc.so.12", new NvrtcFunctions("/fake/libnvrtc.so.12", Export));

    public void Dispose() => s_current = null;

    private static FakeNvrtc It => s_current!;

    private static nint Export(string name) => name switch
    {
        "nvrtcVersion" => (nint)(delegate* unmanaged<int*, int*, int>)&GetVersion,
        "nvrtcGetErrorString" => (nint)(delegate* unmanaged<int, byte*>)&GetErrorString,
        "nvrtcGetNumSupportedArchs" => (nint)(delegate* unmanaged<int*, int>)&GetCount,
        "nvrtcGetSupportedArchs" => (nint)(delegate* unmanaged<int*, int>)&GetArchitectures,
        "nvrtcCreateProgram" => (nint)(delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)&Create,
        "nvrtcCompileProgram" => (nint)(delegate* unmanaged<nint, int, byte**, int>)&Compile,
        "nvrtcDestroyProgram" => (nint)(delegate* unmanaged<nint*, int>)&Destroy,
        "nvrtcGetProgramLogSize" => (nint)(delegate* unmanaged<nint, nuint*, int>)&GetLogSize,
        "nvrtcGetProgramLog" => (nint)(delegate* unmanaged<nint, byte*, int>)&GetLog,
        "nvrtcGetCUBINSize" => (nint)(delegate* unmanaged<nint, nuint*, int>)&GetCodeSize,
        "nvrtcGetCUBIN" => (nint)(delegate* unmanaged<nint, byte*, int>)&GetCode,
        "nvrtcGetPTXSize" => (nint)(delegate* unmanaged<nint, nuint*, int>)&GetCodeSize,
        "nvrtcGetPTX" => (nint)(delegate* unmanaged<nint, byte*, int>)&GetCode,
        _ => 0,
    };

    private static int Fail(string call) => It.Fails == call ? 6 : 0;

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text)!;

    private static (string Source, string Name, string Code) Program(nint program)
    {
        lock (It._lock)
            return It._programs[program];
    }

    private static string Log(nint program)
    {
        var (source, name, _) = Program(program);
        var at = source.Split('\n').ToList().FindIndex(static line => line.Contains("#error", StringComparison.Ordinal));
        return at < 0 ? "" : $"{name}({at + 1}): error: #error directive\n\n1 error detected in the compilation of \"{name}\".\n\0";
    }

    private static int Put(byte[] from, byte* to)
    {
        from.CopyTo(new Span<byte>(to, from.Length));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetVersion(int* major, int* minor)
    {
        (*major, *minor) = It.Version;
        return Fail("nvrtcVersion");
    }

    [UnmanagedCallersOnly]
    private static byte* GetErrorString(int code) => CompilationError;

    [UnmanagedCallersOnly]
    private static int GetCount(int* count)
    {
        *count = It.Architectures.Length;
        return Fail("nvrtcGetNumSupportedArchs");
    }

    [UnmanagedCallersOnly]
    private static int GetArchitectures(int* architectures)
    {
        It.Architectures.CopyTo(new Span<int>(architectures, It.Architectures.Length));
        return Fail("nvrtcGetSupportedArchs");
    }

    [UnmanagedCallersOnly]
    private static int Create(nint* program, byte* source, byte* name, int headers, byte** texts, byte** names)
    {
        if (Fail("nvrtcCreateProgram") is not 0 and var code)
            return code;
        lock (It._lock)
            It._programs.Add(*program = ++It._last, (Text(source), Text(name), ""));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Compile(nint program, int count, byte** options)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
            texts[i] = Text(options[i]);
        var (source, name, _) = Program(program);
        lock (It._lock)
        {
            It.Compiled.Add(string.Join(" ", texts));
            It._programs[program] = (source, name, $"{texts[0]}\n{source}");
        }
        return source.Contains("#error", StringComparison.Ordinal) ? 6 : Fail("nvrtcCompileProgram");
    }

    [UnmanagedCallersOnly]
    private static int Destroy(nint* program)
    {
        lock (It._lock)
            It._programs.Remove(*program);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetLogSize(nint program, nuint* size)
    {
        *size = (nuint)Encoding.UTF8.GetByteCount(Log(program));
        return Fail("nvrtcGetProgramLogSize");
    }

    [UnmanagedCallersOnly]
    private static int GetLog(nint program, byte* log) => Put(Encoding.UTF8.GetBytes(Log(program)), log);

    [UnmanagedCallersOnly]
    private static int GetCodeSize(nint program, nuint* size)
    {
        *size = (nuint)Encoding.UTF8.GetByteCount(Program(program).Code + '\0');
        return Fail("nvrtcGetCUBINSize");
    }

    [UnmanagedCallersOnly]
    private static int GetCode(nint program, byte* code)
    {
        Put(Encoding.UTF8.GetBytes(Program(program).Code + '\0'), code);
        return Fail("nvrtcGetCUBIN");
    }
}
