using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Blockwright.Package.Tests;

/// <summary>Each form in which .NET publishes a program, published from the package and run: it computes what the plain run computes, to the bit.</summary>
[Collection(nameof(PackedPackage))]
public sealed partial class PublishTests(PublishedPrograms programs) : IClassFixture<PublishedPrograms>
{
    // TorchSharp is not made for trimming and says so; whether what we use of it works is what is tested.
    private const string TorchSharpsWarnings = "-p:WarningsNotAsErrors=IL2104%3BIL3053%3BIL3000";

    // Before the tables that name it.
    private static readonly string Rid =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    private static readonly Dictionary<string, string[]> Forms = new()
    {
        ["portable"] = [],
        ["for this system"] = ["-r", Rid, "-p:SelfContained=false"],
        ["self-contained"] = ["-r", Rid, "-p:SelfContained=true"],
        ["single file"] = ["-r", Rid, "-p:SelfContained=false", "-p:PublishSingleFile=true"],
        ["single file with libraries"] = ["-r", Rid, "-p:SelfContained=false", "-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true"],
        ["ReadyToRun"] = ["-r", Rid, "-p:SelfContained=false", "-p:PublishReadyToRun=true"],
        ["trimmed"] = ["-r", Rid, "-p:PublishTrimmed=true", TorchSharpsWarnings],
        ["Native AOT"] = ["-r", Rid, "-p:PublishAot=true", "-p:IlcInstructionSet=native", TorchSharpsWarnings],
    };

    // Without torch's libraries a program loads what another one saved.
    private static readonly Dictionary<string, string[]> FormsWithoutTorch = new()
    {
        ["self-contained"] = ["-r", Rid, "-p:SelfContained=true"],
        ["single file"] = ["-r", Rid, "-p:SelfContained=false", "-p:PublishSingleFile=true"],
        ["trimmed single file"] = ["-r", Rid, "-p:PublishTrimmed=true", "-p:PublishSingleFile=true"],
        ["Native AOT"] = ["-r", Rid, "-p:PublishAot=true", "-p:IlcInstructionSet=native"],
    };

    public static TheoryData<string> Names() => new(Forms.Keys);

    public static TheoryData<string> NamesWithoutTorch() => new(FormsWithoutTorch.Keys);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void AProgramWithTorchRuns(string form)
    {
        SkipWhereItCannotBeBuilt(form);

        var (log, output) = programs.WithTorch.Publish(Forms[form], programs.FusedFile);

        Assert.Equal(programs.Expected, output);
        Assert.All(TrimWarning().Matches(log), static warning => Assert.Contains("TorchSharp", warning.Value, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [MemberData(nameof(NamesWithoutTorch))]
    public void AProgramWithoutTorchRuns(string form)
    {
        SkipWhereItCannotBeBuilt(form);

        var (log, output) = programs.WithoutTorch.Publish(FormsWithoutTorch[form], programs.FusedFile);

        Assert.Equal(programs.ExpectedWithoutTorch, output);
        Assert.DoesNotMatch(TrimWarning(), log);
    }

    internal static void SkipWhereItCannotBeBuilt(string form)
    {
        string[] linkers = ["clang", "gcc"];
        Skip.If(
            form == "Native AOT" && OperatingSystem.IsLinux() && !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => linkers.Any(linker => File.Exists(Path.Combine(folder, linker)))),
            "Native AOT links with clang or gcc.");
    }

    [GeneratedRegex("^.*(warning|error) (IL|NETSDK)\\d+.*$", RegexOptions.Multiline)]
    private static partial Regex TrimWarning();
}
