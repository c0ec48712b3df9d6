using Blockwright.Generator.Tests.Harness;
using Snapshooter;
using Snapshooter.Xunit;

namespace Blockwright.Generator.Tests;

/// <summary>The emitted code of every system, as it stands in __snapshots__.</summary>
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
