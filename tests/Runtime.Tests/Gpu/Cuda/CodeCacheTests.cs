using System.Diagnostics;
using System.Runtime.Versioning;
using Blockwright.Gpu.Cuda;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

public sealed class CodeCacheTests : IDisposable
{
    private static readonly (int, int) Compiler = (12, 8);

    private readonly TestFolder _folder = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatIsAddedIsFound()
    {
        var cache = Cache();
        Assert.Null(cache.Find(Key("a"), Compiler));
        cache.Add(Key("a"), Compiler, Image("code of a"));
        var found = cache.Find(Key("a"), Compiler);
        Assert.NotNull(found);
        Assert.Equal(CodeKind.Ptx, found.Kind);
        Assert.Equal("code of a"u8.ToArray(), found.Bytes);
        Assert.Equal(Path.Combine(_folder["cache"], CodeFile.Name(Key("a"), Compiler)), found.Origin);
        Assert.Null(cache.Find(Key("b"), Compiler));
        Assert.Null(cache.Find(Key("a"), (12, 9)));
        Assert.Empty(_said);
    }

    [UnsupportedOSPlatform("windows")]
    [SkippableFact]
    public void NobodyElseMayWriteCodeThatIsRun()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no modes.");
        Cache().Add(Key("a"), Compiler, Image("a"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["cache"]));
    }

    [Fact]
    public void WithoutCompilerAnyVersionServesTheOneUsedLastFirst()
    {
        var cache = Cache();
        cache.Add(Key("a"), (12, 8), Image("new"));
        cache.Add(Key("a"), (12, 2), Image("old"));
        Touch(Key("a"), (12, 2), hours: 3);
        Assert.Equal("new"u8.ToArray(), cache.Find(Key("a"), null)!.Bytes);
        Touch(Key("a"), (12, 8), hours: 5);
        Assert.Equal("old"u8.ToArray(), cache.Find(Key("a"), null)!.Bytes);
    }

    [Fact]
    public void EveryChangedByteAndEveryCutIsNoticedAndTheFileRemoved()
    {
        var cache = Cache();
        cache.Add(Key("a"), Compiler, Image("code"));
        var path = Path.Combine(_folder["cache"], CodeFile.Name(Key("a"), Compiler));
        var good = File.ReadAllBytes(path);
        var damaged = Enumerable.Range(0, good.Length).Select(at => good.Select((value, i) => i == at ? (byte)(value ^ 0x40) : value).ToArray())
            .Concat(Enumerable.Range(0, good.Length).Select(length => good[..length])).Append([.. good, 0]);
        foreach (var bytes in damaged)
        {
            File.WriteAllBytes(path, bytes);
            Assert.Null(cache.Find(Key("a"), Compiler));
            Assert.False(File.Exists(path));
        }
        File.WriteAllBytes(path, good);
        Assert.NotNull(cache.Find(Key("a"), Compiler));
        // Another's file under this name is as bad.
        File.WriteAllBytes(path, CodeFile.Write(Key("b"), Image("code of b")));
        Assert.Null(cache.Find(Key("a"), Compiler));
    }

    [Fact]
    public void WhatWasUsedLongestAgoGoesFirst()
    {
        var size = CodeFile.Write(Key("a"), Image(new string('x', 100))).Length;
        var cache = Cache(mostBytes: 3 * size);
        foreach (var (name, hours) in ((string, int)[])[("a", 9), ("b", 8), ("c", 7)])
        {
            cache.Add(Key(name), Compiler, Image(new string('x', 100)));
            Touch(Key(name), Compiler, hours);
        }
        Assert.NotNull(cache.Find(Key("a"), Compiler));
        cache.Add(Key("d"), Compiler, Image(new string('x', 100)));
        Assert.Equal([true, false, true, true], ((string[])["a", "b", "c", "d"]).Select(name => cache.Find(Key(name), Compiler) is not null));
        cache.Add(Key("e"), Compiler, Image(new string('x', 5 * size)));
        // What is larger than all that may be is kept alone: it would be compiled at every start.
        Assert.Equal([false, false, false, false, true], ((string[])["a", "b", "c", "d", "e"]).Select(name => cache.Find(Key(name), Compiler) is not null));
    }

    [Fact]
    public void OthersFilesStayAndWhatWasLeftHalfWrittenGoes()
    {
        Directory.CreateDirectory(_folder["cache"]);
        var (left, running, others) = (Path.Combine(_folder["cache"], "blockwright-1.tmp"), Path.Combine(_folder["cache"], "blockwright-2.tmp"), Path.Combine(_folder["cache"], "notes.txt"));
        foreach (var path in (string[])[left, running, others])
            File.WriteAllText(path, new string('x', 1000));
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-2));
        Cache(mostBytes: 1).Add(Key("a"), Compiler, Image("a"));
        Assert.Equal([false, true, true], ((string[])[left, running, others]).Select(File.Exists));
    }

    [Fact]
    public void FolderThatCannotBeWrittenIsSaidOnceAndEverythingGoesOn()
    {
        File.WriteAllText(_folder["file"], "");
        var cache = new CodeCache(_folder["file"], CodeCache.DefaultBytes, _said.Add);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(cache.Find(Key("a"), Compiler));
            Assert.Null(cache.Find(Key("a"), null));
            cache.Add(Key("a"), Compiler, Image("a"));
        }
        var said = Assert.Single(_said);
        Assert.StartsWith($"The compiled kernels are not kept, and every start compiles them anew: {_folder["file"]} cannot be written (", said, StringComparison.Ordinal);
    }

    [Fact]
    public void NoFolderAtAllIsSaidOnce()
    {
        var cache = new CodeCache(null, CodeCache.DefaultBytes, _said.Add);
        Assert.Null(cache.Find(Key("a"), Compiler));
        cache.Add(Key("a"), Compiler, Image("a"));
        cache.Add(Key("a"), Compiler, Image("a"));
        cache.Remove(Image("a"));
        Assert.Equal(["The compiled kernels are not kept: there is no folder for them. Name one in BLOCKWRIGHT_CACHE."], _said);
    }

    [SkippableTheory]
    [InlineData("/told", "/xdg", "/data", "/told")]
    [InlineData(null, "/xdg", "/data", "/xdg/blockwright")]
    [InlineData("", "relative", "/data", "/data/blockwright")]
    [InlineData(null, null, "/data", "/data/blockwright")]
    [InlineData(null, null, "", null)]
    public void FolderIsTheVariablesElseTheUsers(string? told, string? xdg, string data, string? expected)
    {
        Skip.If(OperatingSystem.IsWindows(), "Paths of Unix.");
        Assert.Equal(expected, CodeCache.FolderOf(name => name == "BLOCKWRIGHT_CACHE" ? told : name == "XDG_CACHE_HOME" ? xdg : null, data));
    }

    [SkippableTheory]
    [InlineData(CacheRacer.Clearing)]
    [InlineData(CacheRacer.Replacing)]
    public void ProcessesReadWriteClearAndDamageTheSameFolder(string race)
    {
        Skip.If(race == CacheRacer.Replacing && OperatingSystem.IsWindows(), "Windows replaces no file that another process reads.");
        const int processes = 4;
        using var racing = new Racers(race, _folder["cache"], processes);
        racing.AssertAllWentWell();
        // What they left is whole.
        foreach (var path in Directory.GetFiles(_folder["cache"]))
            Assert.EndsWith(CodeFile.Extension, path, StringComparison.Ordinal);
    }

    private CodeCache Cache(long mostBytes = CodeCache.DefaultBytes) => new(_folder["cache"], mostBytes, _said.Add);

    private static CodeKey Key(string source) => CodeKey.Of(source)("sm_90");

    private static CodeImage Image(string code) => new(CodeKind.Ptx, System.Text.Encoding.UTF8.GetBytes(code), "a test");

    private void Touch(CodeKey key, (int, int) compiler, int hours) =>
        File.SetLastWriteTimeUtc(Path.Combine(_folder["cache"], CodeFile.Name(key, compiler)), DateTime.UtcNow.AddHours(-hours));

    private sealed class Racers : IDisposable
    {
        private readonly Process[] _processes;

        public Racers(string race, string folder, int count) => _processes = [.. Enumerable.Range(0, count).Select(seed => Start(race, folder, seed))];

        public void AssertAllWentWell()
        {
            foreach (var process in _processes)
            {
                var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, said);
                Assert.Contains(CacheRacer.Done, said, StringComparison.Ordinal);
            }
        }

        public void Dispose() => Array.ForEach(_processes, static process => process.Dispose());

        private static Process Start(string race, string folder, int seed) => Process.Start(
            new ProcessStartInfo("dotnet", ["exec", typeof(CacheRacer).Assembly.Location, race, folder, $"{seed}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
