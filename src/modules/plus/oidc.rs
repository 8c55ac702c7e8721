//! What only NGINX Plus has in `oidc`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("plus_oidc_module", Kind::Own, Presence::Plus) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("client_id", "oidc_provider", "1", Str, "1.0.0", "",
        "Sets the client identifier that this relying party has at the OpenID provider.").release(34),
    d("client_secret", "oidc_provider", "1", Str, "1.0.0", "",
        "Sets the secret with which nginx authenticates itself to the OpenID provider.").release(34),
    d("config_url", "oidc_provider", "1", Str, "1.0.0", "<issuer>/.well-known/openid-configuration",
        "Overrides the URL from which the metadata of the OpenID provider is downloaded.").release(34),
    d("cookie_name", "oidc_provider", "1", Str, "1.0.0", "NGX_OIDC_SESSION",
        "Sets the name of the browser cookie that identifies the OpenID Connect session.").release(34),
    d("extra_auth_args", "oidc_provider", "1", Str, "1.0.0", "",
        "Adds query arguments to the authentication request that is sent to the OpenID provider.").release(34),
    d("frontchannel_logout_uri", "oidc_provider", "1", Str, "1.0.0", "",
        "Sets the path the OpenID provider calls in the browser to end a session.").release(36),
    d("issuer", "oidc_provider", "1", Str, "1.0.0", "",
        "Sets the issuer URL that identifies the OpenID provider and must match its metadata.").release(34),
    d("logout_token_hint", "oidc_provider", "flag", Flag, "1.0.0", "off",
        "Adds the ID token as a hint when users are sent to the provider for logout.").release(35),
    d("logout_uri", "oidc_provider", "1", Str, "1.0.0", "",
        "Sets the path that users visit to end their session and start provider logout.").release(35),
    d("pkce", "oidc_provider", "flag", Flag, "1.0.0", "",
        "Switches the use of Proof Key for Code Exchange with the provider on or off.").release(36),
    d("post_logout_uri", "oidc_provider", "1", Str, "1.0.0", "",
        "Sets where the user is redirected after logging out at the OpenID provider.").release(35),
    d("redirect_uri", "oidc_provider", "1", Str, "1.0.0", "/oidc_callback",
        "Sets the path to which the OpenID provider sends users back after sign-in.").release(34),
    d("scope", "oidc_provider", "1", Str, "1.0.0", "openid",
        "Lists the OpenID Connect scopes requested from the provider, always including openid.").release(34),
    d("session_store", "oidc_provider", "1", Str, "1.0.0", "",
        "Names the key-value zone that keeps OpenID Connect sessions instead of the automatic one.").release(34),
    d("session_timeout", "oidc_provider", "1", Str, "1.0.0", "8h",
        "Sets how long an OpenID Connect session lives when it is not refreshed.").release(34),
    d("status", "oidc_provider", "1+", Unchecked, "1.0.0", "",
        "Lists the response status codes that are accepted by the test in this block.").release(30),
    d("userinfo", "oidc_provider", "1", Str, "1.0.0", "off",
        "Downloads further user claims from the UserInfo endpoint of the OpenID provider.").release(35),
];
