// Package accesstest is not for production: it is an emulator of Workspace ONE Access that
// keeps everything in memory, checks no signature and forgets all when it ends.
//
// It serves the part of Access that a provisioning client and its operator call: the SCIM 1.1
// API, the OAuth token endpoint and its client, directories, identity providers, networks, access
// policies, the SAML metadata of the tenant, and health. Identity providers are created, changed and
// deleted, and what they are made of is checked; access policies can only be read, and change only as
// [Mistakes] says.
// It can fail in every way a network can: see [Fault]. It shares no code with the client that
// is tested against it, so that both cannot be wrong in the same way.
//
// # Where behaviors come from
//
// Every behavior names its source in a comment:
//
//   - "Access OpenAPI" is the Omnissa Access OpenAPI (2026-08).
//   - "access guide C" is the guide "SCIM APIs for Provisioned Users" (VMware, 2022), "access guide D"
//     the SCIM guide of the Access API documentation.
//   - "recorded GET /scim/Me" is an answer of a real tenant (2020).
//   - "UnboundID SCIM 1.1 SDK" is the library that Access is very probably built on.
//   - "SCIM 1.1" is the core schema and protocol of 2012.
//   - "public clients" are scripts and programs that are known to work against Access.
//   - "chosen: not documented" is a guess; a client must not rely on it. Error codes are all of this
//     kind, except "forbidden".
//
// Where sources leave freedom, [Modes] switches between the possibilities, and the default is the
// one that asks more of a client. Locations name a host that does not exist, since links of a real
// tenant may name another host than the one that was called.
//
// # What it does not emulate
//
//   - Passwords, logins, mails (sendMail is ignored), sessions; token signatures are random bytes.
//   - Log-ins by SAML: identity providers are kept, and their metadata is not looked into beyond its kind.
//     The metadata of the tenant has no certificates.
//   - Network ranges other than ALL RANGES. Writes of access policies, and policies other than the default.
//   - Types of identity providers other than MANUAL and the one BUILT_IN of the tenant.
//   - Roles of OAuth clients beyond those of [Mistakes]. Changing roles and role members, and OAuth clients.
//   - Directory synchronization, just-in-time users, DYNAMIC groups' rules, nested membership.
//   - Conditional requests (If-Match), soft-deleted users, userGroups, one-time links.
//   - The tenant's required attributes and custom attribute definitions: any tenant attribute is taken.
//   - Limits on PATCH size other than 16 MiB a body, and rate limits other than by faults.
//   - SCIM 2.0 of the newer Identity Service.
package accesstest
