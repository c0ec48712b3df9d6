using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Blockwright.Tests.Shared.Pages;

/// <summary>The service that a guide makes, asked as a client would.</summary>
internal static partial class StripesService
{
    /// <summary>Asks a service that was started with <c>--urls http://127.0.0.1:0</c>, and ends it.</summary>
    public static async Task AssertAnswers(Process service)
    {
        try
        {
            using var client = new HttpClient { BaseAddress = await Address(service) };
            Assert.Equal("ready", await client.GetStringAsync(new Uri("/health", UriKind.Relative)));
            Assert.Equal((HttpStatusCode.OK, "standing"), await Classify(client, StandingStripes()));
            Assert.Equal(HttpStatusCode.BadRequest, (await Classify(client, new byte[5])).Status);
        }
        finally
        {
            service.Kill();
        }
    }

    private static async Task<Uri> Address(Process service)
    {
        var said = new StringBuilder();
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            said.AppendLine(line);
            if (Listening().Match(line) is { Success: true } match)
                return new Uri(match.Groups[1].Value);
        }
        throw new InvalidOperationException($"The service ended: {said}{await service.StandardError.ReadToEndAsync()}");
    }

    private static async Task<(HttpStatusCode Status, string Text)> Classify(HttpClient client, byte[] pixels)
    {
        using var content = new ByteArrayContent(pixels);
        using var answer = await client.PostAsync(new Uri("/classify", UriKind.Relative), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>32 rows of 32 pixels, red, green and blue.</summary>
    private static byte[] StandingStripes() => [.. Enumerable.Range(0, 32 * 32 * 3).Select(static i => (byte)(127.5 + (100 * Math.Sin(i / 3 % 32 * 0.8))))];

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
