using System.Globalization;
using Samples;
using Spectre.Console;

namespace Zoo;

/// <summary>The table of networks.</summary>
public static class Listing
{
    /// <summary>Prints each network's learned parameters, and its multiply-adds for one image of 224 x 224.</summary>
    /// <returns>The exit code, 0.</returns>
    public static int Run(TextWriter output)
    {
        var table = new Table().AddColumn("network").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("multiply-adds").RightAligned());
        foreach (var animal in Animal.All)
            table.AddRow(animal.Name, Thousands(animal.Cost.Parameters), Thousands(animal.Cost.MultiplyAdds));
        Terminal.For(output).Write(table);
        return 0;
    }

    private static string Thousands(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
