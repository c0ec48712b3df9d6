using System.Text;
using Blockwright.Gpu.Cuda;
using Architecture = Blockwright.Gpu.Cuda.Architecture;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>Where compiled kernels come from, and what is said of those that do not compile.</summary>
[Collection(CudaCollection.Name)]
public sealed class KernelCodeTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void CompiledOnceAndThenFromTheCache()
    {
        _bench.Open(Bench.Plain).Dispose();
        _bench.Open(Bench.Plain).Dispose();
        Assert.Equal(["--gpu-architecture=sm_90 --std=c++17"], _bench.Nvrtc.Compiled);
        Assert.Equal(0, _bench.Nvrtc.Held);
    }

    [Fact]
    public void AnotherCompilerOrCardOrSourceCompilesAnew()
    {
        _bench.Open(Bench.Plain).Dispose();
        _bench.Nvrtc.Version = (12, 9);
        _bench.Open(Bench.Plain).Dispose();
        _bench.Driver.Architecture = new(8, 0);
        _bench.Open(Bench.Plain).Dispose();
        _bench.Open(Bench.Plain, 0, Mixing.Source with { Text = "other" }).Dispose();
        Assert.Equal(["sm_90", "sm_90", "sm_80", "sm_80"], _bench.Nvrtc.Compiled.Select(static options => options.Split('=', ' ')[1]));
    }

    [Theory]
    [InlineData(10, 0, "compute_90")]
    [InlineData(8, 6, "compute_80")]
    [InlineData(12, 0, "compute_90")]
    public void CardThatTheCompilerDoesNotKnowGetsPtx(int major, int minor, string expected)
    {
        _bench.Driver.Architecture = new(major, minor);
        byte[]? given = null;
        _bench.Driver.TakesImage = image => (given = image) is null ? 1 : 0;
        _bench.Open(Bench.Plain).Dispose();
        Assert.Equal([$"--gpu-architecture={expected} --std=c++17"], _bench.Nvrtc.Compiled);
        Assert.StartsWith($"--gpu-architecture={expected}\n", Encoding.UTF8.GetString(given!), StringComparison.Ordinal);
        _bench.Open(Bench.Plain).Dispose();
        Assert.Single(_bench.Nvrtc.Compiled);
    }

    [Fact]
    public void CardThatIsNoLongerServedHasNoTarget() => Assert.Null(_bench.Nvrtc.Open().TargetFor(new(6, 1)));

    [Fact]
    public void CodeBesideTheProgramNeedsNoCompiler()
    {
        Ship("sm_90", "shipped");
        var code = new KernelCode(new ShippedCode(_bench.Folder["shipped"]), new CodeCache(null, 0, _bench.Said.Add), static () => throw new InvalidOperationException("NVRTC was asked for."));
        Assert.Equal("shipped", Text(First(code)));
        Assert.Empty(_bench.Said);
    }

    [Fact]
    public void BestOfWhatLiesBesideTheProgramIsFirst()
    {
        foreach (var target in (string[])["sm_70", "sm_80", "sm_86", "sm_90", "compute_70", "compute_80", "compute_90", "compute_120"])
            Ship(target, target);
        string[] Found(int major, int minor) => [.. new ShippedCode(_bench.Folder["shipped"]).Find(CodeKey.Of(Mixing.Source.Text), new(major, minor)).Select(Text)];
        Assert.Equal(["sm_80", "compute_80", "compute_70"], Found(8, 0));
        Assert.Equal(["sm_86", "sm_80", "compute_80", "compute_70"], Found(8, 9));
        Assert.Equal(["sm_90", "compute_90", "compute_80", "compute_70"], Found(9, 0));
        Assert.Equal(["compute_90", "compute_80", "compute_70"], Found(10, 0));
        Assert.Empty(Found(6, 1));
        Assert.Empty(new ShippedCode(_bench.Folder["none"]).Find(CodeKey.Of(Mixing.Source.Text), new(9, 0)));
    }

    [Fact]
    public void WhatIsCompiledAheadOfTimeNeedsNoCompilerLater()
    {
        AheadOfTime.Compile([Mixing.Source], ["sm_80", "sm_90", "compute_90"], _bench.Nvrtc.Open(), _bench.Folder["shipped"]);
        Assert.Equal(["sm_80", "sm_90", "compute_90"], _bench.Nvrtc.Compiled.Select(static options => options.Split('=', ' ')[1]));
        foreach (var (card, target) in ((Architecture, string)[])[(new(8, 0), "sm_80"), (new(8, 9), "sm_80"), (new(9, 0), "sm_90"), (new(12, 0), "compute_90")])
        {
            var image = new ShippedCode(_bench.Folder["shipped"]).Find(CodeKey.Of(Mixing.Source.Text), card).First();
            Assert.StartsWith($"--gpu-architecture={target}\n", Text(image), StringComparison.Ordinal);
            Assert.Equal(target.StartsWith("sm", StringComparison.Ordinal) ? CodeKind.Cubin : CodeKind.Ptx, image.Kind);
        }
        _bench.Open(Bench.Plain).Dispose();
        Assert.Equal(3, _bench.Nvrtc.Compiled.Count);
    }

    [Fact]
    public void DamagedCodeBesideTheProgramIsPassedOver()
    {
        Ship("sm_90", "shipped");
        var path = Directory.GetFiles(_bench.Folder["shipped"]).Single();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        _bench.Open(Bench.Plain).Dispose();
        Assert.Single(_bench.Nvrtc.Compiled);
        Assert.True(File.Exists(path)); // It is not ours.
    }

    [Fact]
    public void CodeThatTheDriverRefusesIsCompiledAnew()
    {
        Ship("sm_90", "shipped");
        _bench.Driver.TakesImage = static image => Encoding.UTF8.GetString(image).StartsWith("shipped", StringComparison.Ordinal) ? 209 : 0;
        _bench.Open(Bench.Plain).Dispose();
        var kept = Directory.GetFiles(_bench.Folder["cache"]).Single();
        var refuses = true;
        _bench.Driver.TakesImage = image => Encoding.UTF8.GetString(image).StartsWith("shipped", StringComparison.Ordinal) || refuses && !(refuses = false) ? 209 : 0;
        _bench.Open(Bench.Plain).Dispose();
        Assert.Equal(2, _bench.Nvrtc.Compiled.Count);
        Assert.Equal([kept], Directory.GetFiles(_bench.Folder["cache"]));
        Assert.Empty(_bench.Driver.Held);
    }

    [Fact]
    public void CodeThatTheDriverRefusesInAnyFormIsSaidWithItsLog()
    {
        _bench.Driver.TakesImage = static _ => 218;
        var fault = Assert.Throws<CudaException>(() => _bench.Open(Bench.Plain));
        Assert.StartsWith("cuModuleLoadDataEx (mix.cu of Net, from NVRTC at /fake/libnvrtc.so.12: the log of the linker) failed: error 218. The driver cannot translate", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_bench.Driver.Held);
    }

    [Fact]
    public void WithoutCompilerTheCacheServes()
    {
        _bench.Open(Bench.Plain).Dispose();
        var code = new KernelCode(new ShippedCode(_bench.Folder["shipped"]), new CodeCache(_bench.Folder["cache"], 1000, _bench.Said.Add), static () => throw new CudaException("No NVRTC."));
        Assert.StartsWith("--gpu-architecture=sm_90", Text(First(code)), StringComparison.Ordinal);
        var fault = Assert.Throws<CudaException>(() => code.For("other", "other.cu of Net", new(9, 0)).ToList());
        Assert.Equal("There is no compiled code of other.cu of Net for sm_90 that the driver takes, neither beside the program nor in the cache. No NVRTC.", fault.Message);
    }

    [Fact]
    public void SourceThatDoesNotCompileIsShownAtItsLine()
    {
        var fault = Assert.Throws<CudaException>(() => _bench.Open(Bench.Plain, 0, new KernelSource("kernels.cu", "first\nsecond\n#error at this line\nfourth", [Mixing.Kernel])));
        Assert.Equal(
            """
            NVRTC 12.8 (/fake/libnvrtc.so.12) does not compile kernels.cu of Net for sm_90: NVRTC_ERROR_COMPILATION.
            kernels.cu of Net(3): error: #error directive
                 3 | #error at this line

            1 error detected in the compilation of "kernels.cu of Net".
            """.ReplaceLineEndings(), fault.Message.ReplaceLineEndings());
        Assert.Equal(0, _bench.Nvrtc.Held);
        Assert.Empty(_bench.Driver.Held);
        Assert.False(Directory.Exists(_bench.Folder["cache"]));
    }

    [Fact]
    public void OfSeveralSourcesTheFirstThatFailsIsSaid()
    {
        KernelSource Bad(string name) => new(name, "#error", []);
        for (var i = 0; i < 10; i++)
            Assert.Contains("b.cu of Net(1)", Assert.Throws<CudaException>(() => _bench.Open(Bench.Plain, 0, Mixing.Source, Bad("b.cu"), Bad("c.cu"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nvrtcCreateProgram")]
    [InlineData("nvrtcCompileProgram")]
    [InlineData("nvrtcGetCUBINSize")]
    [InlineData("nvrtcGetCUBIN")]
    [InlineData("nvrtcGetProgramLogSize")]
    public void WhateverOfTheCompilerFailsIsSaidAndFreed(string function)
    {
        _bench.Nvrtc.Fails = function;
        var fault = Record.Exception(() => _bench.Open(Bench.Plain, 0, Mixing.Source with { Text = function == "nvrtcGetProgramLogSize" ? "#error" : "" }));
        var said = Assert.IsType<CudaException>(fault);
        Assert.Equal(function == "nvrtcGetProgramLogSize" ? "nvrtcCompileProgram" : function, said.Call);
        Assert.Contains("NVRTC_ERROR_COMPILATION", said.Message, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Nvrtc.Held);
        Assert.Empty(_bench.Driver.Held);
    }

    [Fact]
    public void KernelThatNoSourceHasIsNamed()
    {
        using var executor = _bench.Open(static size => Bench.Plain(size) with { Launches = [Bench.Plain(size).Launches[0] with { Kernel = "gone" }] });
        Assert.StartsWith("No source has a kernel gone.", Assert.Throws<CudaException>(() => executor.Run(Bench.Input(3), new float[3], new(1, 1, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LongLogsAreCut()
    {
        var log = CompilerLog.WithLines(string.Join('\n', Enumerable.Range(1, 100).Select(static i => $"k.cu({i}): error: bad")), "one\ntwo");
        Assert.Contains("     2 | two", log, StringComparison.Ordinal);
        Assert.EndsWith("... and 40 lines more", log, StringComparison.Ordinal);
    }

    private static CodeImage First(KernelCode code) => code.For(Mixing.Source.Text, "mix.cu of Net", new Architecture(9, 0)).First();

    private static string Text(CodeImage image) => Encoding.UTF8.GetString(image.Bytes);

    private void Ship(string target, string code)
    {
        var key = CodeKey.Of(Mixing.Source.Text)(target);
        Directory.CreateDirectory(_bench.Folder["shipped"]);
        File.WriteAllBytes(Path.Combine(_bench.Folder["shipped"], ShippedCode.Name(key)), CodeFile.Write(key, new(CodeKind.Cubin, Encoding.UTF8.GetBytes(code), "a build")));
    }
}
