using System.Collections.Immutable;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Package.Tests;

/// <summary>The package, packed once into a folder of its own under a version that nobody has seen.</summary>
public sealed class PackedPackage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-package-").FullName;

    public PackedPackage()
    {
        Version = $"0.0.0-test.{DateTime.UtcNow.Ticks}";
        Command.Dotnet(Page.Root, [.. Readme.Packing(Feed), $"-p:Version={Version}", "--nologo"]);
    }

    public string Version { get; }

    public string File => FileOf("Blockwright");

    /// <summary>Where NuGet unpacks packages, for all projects of the user.</summary>
    public static string Cache { get; } =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>torch's libraries for the machine that tests.</summary>
    public static string NativeTorch { get; } =
        OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";

    /// <summary>Where the packages are.</summary>
    public string Feed => Path.Combine(_folder, "feed");

    public IReadOnlyList<string> Entries(string id = "Blockwright")
    {
        using var archive = ZipFile.OpenRead(FileOf(id));
        return [.. archive.Entries.Select(static entry => entry.FullName)];
    }

    /// <summary>A file of it.</summary>
    public ImmutableArray<byte> Read(string entry)
    {
        using var archive = ZipFile.OpenRead(File);
        using var stream = archive.GetEntry(entry)!.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return ImmutableCollectionsMarshal.AsImmutableArray(content.ToArray());
    }

    /// <summary>What a package says of itself.</summary>
    public string Nuspec(string id)
    {
        using var archive = ZipFile.OpenRead(FileOf(id));
        using var reader = new StreamReader(archive.GetEntry($"{id}.nuspec")!.Open());
        return reader.ReadToEnd();
    }

    private string FileOf(string id) => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    /// <summary>An empty folder, outside the repository, that takes packages from the feed.</summary>
    public string NewFolder(string name) => NewFolder(name, $"""<packageSources><add key="feed" value="{Feed}" /></packageSources>""");

    /// <summary>An empty folder with settings of its own for NuGet, which knows no feed yet.</summary>
    public string NewBareFolder(string name) => NewFolder(name, "");

    private string NewFolder(string name, string sources)
    {
        var project = Path.Combine(_folder, name);
        Directory.CreateDirectory(project);
        System.IO.File.WriteAllText(Path.Combine(project, "nuget.config"), $"<configuration>{sources}</configuration>");
        return project;
    }

    /// <summary>A console project with the package, as the SDK's commands would make it. Files are linked where they can be: torch has half a gigabyte.</summary>
    public string NewProject(string program, string properties = "", string framework = "net10.0", string? torch = null, [CallerMemberName] string name = "")
    {
        var project = NewFolder(name);
        System.IO.File.WriteAllText(Path.Combine(project, "Program.cs"), program);
        System.IO.File.WriteAllText(Path.Combine(project, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{framework}</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
                <CreateHardLinksForPublishFilesIfPossible>true</CreateHardLinksForPublishFilesIfPossible>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Blockwright" Version="{Version}" />
                {torch ?? $"""<PackageReference Include="{NativeTorch}" Version="2.10.0" />"""}
              </ItemGroup>
            </Project>
            """);
        return project;
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        foreach (var unpacked in new[] { "blockwright", "blockwright.onnx", "blockwright.tool" }.Select(id => Path.Combine(Cache, id, Version)).Where(Directory.Exists))
            Directory.Delete(unpacked, recursive: true);
    }
}

/// <summary>One package for all tests; they run one after another, since each of them keeps the machine busy.</summary>
[CollectionDefinition(nameof(PackedPackage))]
public sealed class PackedPackageCollection : ICollectionFixture<PackedPackage>;
