using System.Runtime.InteropServices;
using Blockwright.Gpu.Cuda;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>Where the driver and NVRTC are looked for, in folders made for it; nothing of the machine's own is loaded.</summary>
public sealed unsafe class LibrarySearchTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<nint> _loaded = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MissingDriverIsSaidWithAllPlaces()
    {
        _variables["LD_LIBRARY_PATH"] = $"{_folder["empty"]}::{_folder["none"]}";
        Directory.CreateDirectory(_folder["empty"]);
        var fault = Assert.Throws<CudaException>(() => DriverLibrary.Open(Around()));
        Assert.Equal(
            $"""
            NVIDIA's driver for CUDA was not found. Looked for libcuda.so.1:
              libcuda.so.1, by the system's loader: libcuda.so.1: the test's loader has none
              {_folder["empty"]} (LD_LIBRARY_PATH): has none
              {_folder["none"]} (LD_LIBRARY_PATH): is no folder
              {_folder["root/usr/lib/wsl/lib"]} (WSL): is no folder
            Install NVIDIA's driver (nvidia-smi works then); a container gets it when it is started with --gpus all. Without such a card, take the snapshot on the CPU.
            """.ReplaceLineEndings(), fault.Message.ReplaceLineEndings());
    }

    /// <summary>What .NET says first is that it failed; why, the loader says last, and of a library that this one needs it has that one's name.</summary>
    [Fact]
    public void TheLoadersOwnReasonIsSaid()
    {
        var around = Around() with
        {
            Load = static path => throw new DllNotFoundException(
                $"Unable to load shared library '{path}' or one of its dependencies. Consider setting LD_DEBUG: \nlib{path}.so: cannot open shared object file\n{path}: undefined symbol: some_function\nlibneeded.so.5: cannot open shared object file: No such file or directory\n\n"),
        };
        var fault = Assert.Throws<CudaException>(() => DriverLibrary.Open(around));
        Assert.Contains("  libcuda.so.1, by the system's loader: libneeded.so.5: cannot open shared object file: No such file or directory" + Environment.NewLine, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingDriverOfWindowsHasItsName()
    {
        var fault = Assert.Throws<CudaException>(() => DriverLibrary.Open(Around(isWindows: true)));
        Assert.Contains("Looked for nvcuda.dll:", fault.Message, StringComparison.Ordinal);
        Assert.Contains("nvcuda.dll, by the system's loader", fault.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void DriverIsFoundByVariableAndTakesItsStructuresAsCLaysThem()
    {
        NativeFakes.Compile("fake_cuda.c", _folder["lib/libcuda.so.1"], "INIT=0");
        AssertRuns();
    }

    [SkippableFact]
    public void DriverBeforeCuda12Serves()
    {
        NativeFakes.Compile("fake_cuda.c", _folder["lib/libcuda.so.1"], "INIT=0", "FIRST_VERSION");
        AssertRuns();
    }

    [SkippableFact]
    public void StubOfTheToolkitIsNamed()
    {
        NativeFakes.Compile("fake_cuda.c", _folder["lib/libcuda.so.1"], "INIT=34");
        _variables["LD_LIBRARY_PATH"] = _folder["lib"];
        var fault = Assert.Throws<CudaException>(() => DriverLibrary.Open(Around()));
        Assert.StartsWith("cuInit failed: CUDA_ERROR_STUB_LIBRARY: text. What was loaded is the toolkit's stub", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingCompilerIsSaidWithAllPlaces()
    {
        (_variables["CUDA_PATH"], _variables["LD_LIBRARY_PATH"], _variables["VIRTUAL_ENV"], _variables["HOME"]) = (_folder["cuda"], _folder["libs"], _folder["venv"], _folder["home"]);
        Directory.CreateDirectory(_folder["cuda/lib64"]);
        Directory.CreateDirectory(_folder["venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib"]);
        var fault = Assert.Throws<CudaException>(() => CompilerLibrary.Open(Around(), new(9, 0), (12, 8)));
        Assert.StartsWith("NVRTC, which compiles a network's kernels for sm_90, was not found. Looked for libnvrtc.so*:", fault.Message, StringComparison.Ordinal);
        string[] places =
        [
            $"{_folder["program"]} (beside the program): is no folder",
            $"{_folder["torch"]} (where torch lies): is no folder",
            $"{_folder["cuda/lib64"]} (CUDA_PATH): has none",
            $"{_folder["libs"]} (LD_LIBRARY_PATH): is no folder",
            $"{_folder["root/usr/local/cuda/lib64"]} (the toolkit's usual folder): is no folder",
            "libnvrtc.so.13, by the system's loader: libnvrtc.so.13: the test's loader has none",
            "libnvrtc.so.12, by the system's loader: libnvrtc.so.12: the test's loader has none",
            $"{_folder["venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib"]} (VIRTUAL_ENV): has none",
            "lib/python3*/site-packages/nvidia/cuda_nvrtc (Python's packages): is no folder",
        ];
        Assert.Equal(places, fault.Message.ReplaceLineEndings("\n").Split('\n').Select(static line => line.Trim()).Where(places.Contains));
    }

    [Fact]
    public void EveryUsualPlaceIsLookedAt()
    {
        (_variables["CUDA_HOME"], _variables["CONDA_PREFIX"], _variables["HOME"]) = (_folder["cuda"], _folder["conda"], _folder["home"]);
        string[] sites =
        [
            "conda/lib/python3.11/site-packages/nvidia/cuda_nvrtc/lib", "home/.local/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib", "home/.local/lib/python3.9/site-packages/nvidia/cuda_nvrtc/lib",
            "root/usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib", "root/usr/local/lib/python3.12/dist-packages/torch/lib", "root/usr/lib/python3/dist-packages/torch/lib", "root/opt/conda/lib/python3.10/site-packages/nvidia/cuda_nvrtc/lib",
        ];
        foreach (var site in sites)
            Directory.CreateDirectory(_folder[site]);
        var folders = LibraryPlaces.OfCompiler(Around()).Select(static place => place.Folder).ToList();
        Assert.Equal(sites.Select(site => _folder[site]), folders.Where(folder => folder is not null && sites.Any(site => _folder[site] == folder)));
        Assert.Contains(_folder["conda/lib"], folders);
        Assert.Equal([_folder["cuda/lib64"], _folder["cuda/lib"], _folder["cuda/targets/x86_64-linux/lib"]], folders.Where(folder => folder?.StartsWith(_folder["cuda/"], StringComparison.Ordinal) ?? false));
        Assert.Equal(folders.Count, folders.Distinct().Count());
    }

    [Fact]
    public void WindowsHasItsOwnPlaces()
    {
        (_variables["CUDA_PATH"], _variables["PATH"], _variables["LOCALAPPDATA"], _variables["VIRTUAL_ENV"]) = (_folder["cuda"], $"{_folder["one"]};{_folder["two"]}", _folder["local"], _folder["venv"]);
        Directory.CreateDirectory(_folder["local/Programs/Python/Python312/Lib/site-packages/nvidia/cuda_nvrtc/bin"]);
        Directory.CreateDirectory(_folder["venv/Lib/site-packages/nvidia/cu13/bin/x86_64"]);
        var folders = LibraryPlaces.OfCompiler(Around(isWindows: true)).Select(static place => place.Folder).ToList();
        foreach (var expected in (string[])["cuda/bin", "cuda/bin/x64", "one", "two", "local/Programs/Python/Python312/Lib/site-packages/nvidia/cuda_nvrtc/bin", "venv/Lib/site-packages/nvidia/cu13/bin/x86_64", "torch"])
            Assert.Contains(_folder[expected], folders);
        Assert.DoesNotContain(folders, folder => folder?.Contains("wsl", StringComparison.Ordinal) ?? false);
        Assert.Equal([null], LibraryPlaces.OfDriver(Around(isWindows: true)).Select(static place => place.Folder));
    }

    [SkippableFact]
    public void TorchsCompilerIsTakenBeforeOthersWhateverItIsCalled()
    {
        NativeFakes.Nvrtc(_folder["torch/libnvrtc-b51b459d.so.12"], 12, 1, "80,90");
        NativeFakes.Nvrtc(_folder["torch/libnvrtc-builtins.so.12.1"], 1, 1, "80,90");
        NativeFakes.Nvrtc(_folder["cuda/lib64/libnvrtc.so.12"], 12, 8, "80,90");
        _variables["CUDA_PATH"] = _folder["cuda"];
        Assert.Equal((12, 1), CompilerLibrary.Open(Around(), new(9, 0), (12, 8)).Version);
    }

    [SkippableFact]
    public void NewestOfAFolderIsTakenAndLinksAreOne()
    {
        NativeFakes.Nvrtc(_folder["program/libnvrtc.so.12.10.1"], 12, 10, "80,90");
        NativeFakes.Nvrtc(_folder["program/libnvrtc.so.12.9.5"], 12, 9, "80,90");
        File.CreateSymbolicLink(_folder["program/libnvrtc.so.12"], "libnvrtc.so.12.10.1");
        File.CreateSymbolicLink(_folder["program/libnvrtc.so"], "libnvrtc.so.12");
        Assert.Equal((12, 10), CompilerLibrary.Open(Around(), new(9, 0), (12, 10)).Version);
        Assert.Single(_loaded);
    }

    [SkippableFact]
    public void CompilerNewerThanTheDriverOldOrNotForTheCardIsPassedOver()
    {
        NativeFakes.Nvrtc(_folder["one/libnvrtc.so.13"], 13, 0, "75,80,90,100");
        NativeFakes.Nvrtc(_folder["two/libnvrtc.so.11"], 11, 0, "80", "OLD");
        NativeFakes.Nvrtc(_folder["three/libnvrtc.so.12"], 12, 8, "80,90");
        File.WriteAllText(_folder["three/libnvrtc.so.12.9"], "no library");
        _variables["LD_LIBRARY_PATH"] = $"{_folder["one"]}:{_folder["two"]}:{_folder["three"]}";
        Assert.Equal((12, 8), CompilerLibrary.Open(Around(), new(9, 0), (12, 8)).Version);

        var fault = Assert.Throws<CudaException>(() => CompilerLibrary.Open(Around(), new(7, 0), (12, 8)));
        Assert.Contains($"{_folder["one/libnvrtc.so.13"]}: is of CUDA 13.0, and the driver of CUDA 12.8 runs no code of a later one", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{_folder["two/libnvrtc.so.11"]} lacks nvrtcGetNumSupportedArchs, nvrtcGetSupportedArchs: it is no NVRTC, or one from before CUDA 11.2", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{_folder["three/libnvrtc.so.12"]}: CUDA 12.8 has no code for sm_70 any more: an older one has", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{_folder["three/libnvrtc.so.12.9"]} (LD_LIBRARY_PATH): ", fault.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ForANewCardTheCompilerThatKnowsMostServes()
    {
        NativeFakes.Nvrtc(_folder["one/libnvrtc.so.12"], 12, 0, "80,89");
        NativeFakes.Nvrtc(_folder["two/libnvrtc.so.12"], 12, 6, "80,90");
        _variables["LD_LIBRARY_PATH"] = $"{_folder["one"]}:{_folder["two"]}";
        var found = CompilerLibrary.Open(Around(), new(12, 0), (13, 0));
        Assert.Equal(((12, 6), "compute_90"), (found.Version, found.TargetFor(new(12, 0))));
    }

    [Theory]
    [InlineData("libnvrtc.so.12.8.93", "libnvrtc.so.12.8")]
    [InlineData("libnvrtc.so.12.10", "libnvrtc.so.12.9.99")]
    [InlineData("python3.12", "python3.9")]
    [InlineData("libnvrtc.so.12", "libnvrtc.so")]
    [InlineData("Python313", "Python39")]
    public void NewerNamesAreGreater(string newer, string older) => Assert.True(VersionInName.Of(newer).CompareTo(VersionInName.Of("/1.2/" + older)) > 0);

    /// <summary>The machine's own surroundings can be described, whether there is anything or not.</summary>
    [Fact]
    public void ThisMachineIsLookedAt()
    {
        var around = Surroundings.Machine;
        Assert.NotEmpty(LibraryPlaces.OfCompiler(around));
        Assert.NotEmpty(LibraryPlaces.OfDriver(around));
        // Torch is a package of this project, or in the packages' folder, which the host knows.
        Assert.NotEmpty(around.TorchFolders);
    }

    private void AssertRuns()
    {
        _variables["LD_LIBRARY_PATH"] = $"{_folder["none"]}:{_folder["lib"]}";
        var driver = DriverLibrary.Open(Around());
        Assert.Equal((12, 8), driver.Version);
        var key = CodeKey.Of(Mixing.Source.Text)("sm_90");
        Directory.CreateDirectory(_folder["shipped"]);
        File.WriteAllBytes(_folder[$"shipped/{ShippedCode.Name(key)}"], CodeFile.Write(key, new(CodeKind.Ptx, "CODE\0"u8.ToArray(), "a test")));
        var code = new KernelCode(new ShippedCode(_folder["shipped"]), new CodeCache(null, 0, static _ => { }), static () => throw new InvalidOperationException());
        CudaProgram program = new("Net", [Mixing.Source], new float[20], static size => Bench.Plain(size) with { Launches = [.. Bench.Plain(size).Launches.Select(static launch => launch with { SharedBytes = 50_000 })] });
        using (var executor = new CudaExecutor(CudaDevice.Open(driver, 0), program, code, 0))
        {
            executor.Run(new float[3], new float[3], new(1, 1, 1));
            executor.RunOnDevice([0x1000], [0x2000], new(1, 1, 1), 0x77);
        }
        Assert.Equal(
            """
            module CODE options 2: 5 6, 8192 bytes of log
            attribute mix 8 50000
            0 before: copy 1 to 2, 12 x 1 x 1, pitch 12 12, height 1 1, rest 0, in 0xc0
            1 before: node mix grid 3 2 1 block 128 1 1 shared 50000 floats 3 5 seed 1 extra 0
            1 before: node mix grid 3 2 1 block 128 1 1 shared 50000 floats 3 5 seed 2 extra 0
            1 before: copy 2 to 1, 12 x 1 x 1, pitch 12 12, height 1 1, rest 0, in 0xc0
            instantiate 0
            launch into (nil)
            0 before: node mix grid 3 2 1 block 128 1 1 shared 50000 floats 3 5 seed 1 extra 0
            1 before: node mix grid 3 2 1 block 128 1 1 shared 50000 floats 3 5 seed 2 extra 0
            instantiate 0
            update mix grid 3 2 1 block 128 1 1 shared 50000 floats 3 5 seed 1 extra 0
            update mix grid 3 2 1 block 128 1 1 shared 50000 floats 3 5 seed 2 extra 0
            launch into 0x77

            """.ReplaceLineEndings("\n"), Log());
    }

    private string Log()
    {
        var log = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(_loaded.Single(), "fake_log");
        return Marshal.PtrToStringUTF8((nint)log())!;
    }

    private Surroundings Around(bool isWindows = false) => new()
    {
        IsWindows = isWindows,
        Variable = _variables.GetValueOrDefault,
        Root = _folder["root"],
        ProgramFolder = _folder["program"],
        TorchFolders = [_folder["torch"]],
        Load = path =>
        {
            if (!Path.IsPathFullyQualified(path))
                throw new DllNotFoundException($"{path}: the test's loader has none");
            var handle = NativeLibrary.Load(path);
            _loaded.Add(handle);
            return handle;
        },
    };
}
