namespace Blockwright.Benchmarks.Editing;

/// <summary>The built files that a user's project gets from the package: what the compiler loads for the generator alone, and beside that for the analyzers.</summary>
internal sealed record Parts(string Runtime, string TorchSharp, IReadOnlyList<string> Generator, IReadOnlyList<string> Analyzers)
{
    public IEnumerable<string> Compiler => Generator.Concat(Analyzers);

    /// <summary>What the compiler loads, copied to one folder as in the package: of three folders each would load a Blockwright.Graph.dll of its own, and nothing would be shared.</summary>
    public Parts CopiedTo(DirectoryInfo folder)
    {
        return this with { Generator = Generator.Select(Copy).ToList(), Analyzers = Analyzers.Select(Copy).ToList() };

        string Copy(string file)
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(file));
            System.IO.File.Copy(file, copy);
            return copy;
        }
    }

    /// <summary>Those of the same configuration as this program, which builds them.</summary>
    public static Parts Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = output.Parent!.Name;
        var root = output;
        while (root is not null && !System.IO.File.Exists(Path.Combine(root.FullName, "Generator.sln")))
            root = root.Parent;
        if (root is null)
            throw new DirectoryNotFoundException($"No folder above '{output.FullName}' has Generator.sln: run this program from its repository.");
        return new(
            Existing(Path.Combine(output.FullName, "Blockwright.dll")),
            Existing(Path.Combine(output.FullName, "TorchSharp.dll")),
            [Of("Graph"), Of("Generator")],
            [Of("Analyzers")]);

        string Of(string project) => Existing(Path.Combine(root.FullName, "src", project, "bin", configuration, "netstandard2.0", $"Blockwright.{project}.dll"));
    }

    private static string Existing(string file) => System.IO.File.Exists(file) ? file : throw new FileNotFoundException($"'{file}' is missing: build benchmarks/Editing.", file);
}
