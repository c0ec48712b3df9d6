using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.Versioning;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>What may stand at the path that is saved to.</summary>
public class SaveTargetTests
{
    [SkippableFact]
    public void PipeStaysAPipe()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        using var folder = new TestFolder();
        var pipe = folder["pipe.safetensors"];
        using (var make = Process.Start("mkfifo", pipe))
            make.WaitForExit();

        var fault = Assert.Throws<IOException>(() => Save(pipe));

        Assert.Contains("is no regular file", fault.Message, StringComparison.Ordinal);
        Assert.Equal([pipe], Directory.GetFiles(folder.Full));
        using var type = Process.Start(new ProcessStartInfo("test", ["-p", pipe]))!;
        type.WaitForExit();
        Assert.Equal(0, type.ExitCode);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void DeviceStaysADevice(bool isLinked)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no devices in folders.");
        // Not a device of the machine's own: who may put a file beside it could lose it.
        using var folder = new TestFolder();
        var device = folder["null.safetensors"];
        using (var make = Process.Start(new ProcessStartInfo("mknod", [device, "c", "1", "3"]) { RedirectStandardError = true })!)
        {
            make.WaitForExit();
            Skip.IfNot(make.ExitCode == 0, "This user cannot make devices.");
        }
        var path = device;
        if (isLinked)
            File.CreateSymbolicLink(path = folder["link.safetensors"], "null.safetensors");

        Assert.Throws<IOException>(() => Save(path));

        using var type = Process.Start(new ProcessStartInfo("test", ["-c", device]))!;
        type.WaitForExit();
        Assert.Equal(0, type.ExitCode);
    }

    /// <summary>The content goes to a file of another name first, of which nobody has heard.</summary>
    [SkippableFact]
    public void AFolderThatTakesNoFileIsNamed()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Elsewhere there is no folder in which not even an administrator makes a file.");
        Assert.StartsWith("/proc/net.safetensors cannot be written: its folder, /proc, takes no new file", Assert.Throws<IOException>(() => Save("/proc/net.safetensors")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatIsMissingIsNamed()
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder["missing"], "net.safetensors");

        var fault = Assert.Throws<DirectoryNotFoundException>(() => Save(path));

        Assert.Equal($"{path} cannot be written: there is no folder {folder["missing"]}.", fault.Message);
    }

    [Fact]
    public void FolderStaysAFolder()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["net.safetensors"]);

        Assert.Throws<IOException>(() => Save(folder["net.safetensors"]));

        Assert.True(Directory.Exists(folder["net.safetensors"]));
        Assert.Empty(Directory.GetFiles(folder.Full));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void LinkStaysALinkAndItsTargetIsWritten(bool exists)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows lets not everybody make links.");
        using var folder = new TestFolder();
        if (exists)
            folder.Write("target.safetensors", [1]);
        File.CreateSymbolicLink(folder["middle.safetensors"], "target.safetensors");
        File.CreateSymbolicLink(folder["link.safetensors"], folder["middle.safetensors"]);

        Save(folder["link.safetensors"]);

        Assert.Equal(folder["middle.safetensors"], new FileInfo(folder["link.safetensors"]).LinkTarget);
        Assert.Equal("target.safetensors", new FileInfo(folder["middle.safetensors"]).LinkTarget);
        using var file = Safetensors.Open(folder["target.safetensors"]);
        Assert.Single(file.Entries);
    }

    [SkippableFact]
    public void FileThatMayOnlyBeReadIsReplaced()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows keeps it.");
        using var folder = new TestFolder();
        File.SetAttributes(folder.Write("net.safetensors", [1]), FileAttributes.ReadOnly);

        Save(folder["net.safetensors"]);

        using var file = Safetensors.Open(folder["net.safetensors"]);
        Assert.Single(file.Entries);
    }

    [SkippableFact]
    public void LinkToAPipeWithoutAPathIsNoRegularFile()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux shows open files as links (/dev/stdout is one of those).");
        using var folder = new TestFolder();
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        File.CreateSymbolicLink(folder["link.safetensors"], $"/proc/self/fd/{pipe.SafePipeHandle.DangerousGetHandle()}");

        var fault = Assert.Throws<IOException>(() => Save(folder["link.safetensors"]));

        Assert.Contains("is no regular file", fault.Message, StringComparison.Ordinal);
    }

    [UnsupportedOSPlatform("windows")]
    [SkippableTheory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.UserRead)]
    public void PermissionsStayAsTheyWere(UnixFileMode mode)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var folder = new TestFolder();
        var path = folder.Write("net.safetensors", [1]);
        File.SetUnixFileMode(path, mode);
        UnixFileMode[] between = [];

        Safetensors.Save(path, [new WeightSource("a", WeightType.Float32, [1], stream =>
        {
            between = Modes(folder);
            stream.Write(TorchFiles.Floats(1));
        })]);

        Assert.Equal([mode, mode], between);
        Assert.Equal([mode], Modes(folder));
        using var file = Safetensors.Open(path);
        Assert.Single(file.Entries);
    }

    [UnsupportedOSPlatform("windows")]
    [SkippableFact]
    public void NewFileHasTheUsualPermissions()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var folder = new TestFolder();

        Save(folder["net.safetensors"]);
        folder.Write("usual", [1]);

        Assert.Single(Modes(folder).Distinct());
    }

    [Theory]
    [InlineData(255)]
    [InlineData(250)]
    public void NameMayBeAsLongAsTheFileSystemTakes(int length)
    {
        using var folder = new TestFolder();
        var path = folder[$"{new string('n', length - ".safetensors".Length)}.safetensors"];

        Save(path);
        Save(path);

        Assert.Equal([path], Directory.GetFiles(folder.Full));
    }

    [UnsupportedOSPlatform("windows")]
    private static UnixFileMode[] Modes(TestFolder folder) => Array.ConvertAll(Directory.GetFiles(folder.Full), File.GetUnixFileMode);

    private static void Save(string path) => Safetensors.Save(path, [new WeightSource("a", WeightType.Float32, [1], TorchFiles.Floats(1))]);
}
