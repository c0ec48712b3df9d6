using Blockwright.Generator.Tests.Harness;
using Snapshooter;
using Snapshooter.Xunit;

namespace Blockwright.Generator.Tests;

/// <summary>
/// The emitted code of every system, as it stands in __snapshots__. A change of the emitted code that is meant: delete the files, run these
/// tests with SNAPSHOOTER_STRICT_MODE=off, and read the difference.
/// </summary>
public class EmittedCodeTests
{
    [Theory]
    [MemberData(nameof(Systems.Names), MemberType = typeof(Systems))]
    public void IsTheSnapshots(string name)
    {
        Compiling.Generate(Compiling.Compilation(Systems.Find(name).Source), out var result);

        var text = string.Join("\n", result.Results.Single().GeneratedSources.Select(static source => $"// {source.HintName}\n{source.SourceText}"));

        Snapshot.Match(text, SnapshotNameExtension.Create(name));
    }
}
